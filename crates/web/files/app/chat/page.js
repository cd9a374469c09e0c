// The chat: the rail, the thread, the composer.

import * as api from '../api.js';
import { takeToSettings } from '../keys/key-fault.js';
import { isUsable, keys, load as loadKeys, payingKey, wordOf } from '../keys/state.js';
import { navigate, place } from '../router.js';
import { Button, IconButton } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { dollars } from '../ui/money.js';
import { Fault, Note } from '../ui/notice.js';
import { html, signal, useEffect, useSignal, useSignalEffect } from '../ui/preact.js';
import { forgetWithUser, user } from '../session/state.js';
import { t } from '../strings/index.js';
import { ConversationMenu, ConversationQuestion } from './actions.js';
import { Composer } from './composer.js';
import { edit } from './edit.js';
import { conversations } from './list.js';
import { Messages } from './messages.js';
import { load as loadModels, models } from './models.js';
import { Rail, closeSheet, isSheet, railOpen, setRail } from './rail.js';
import { Shortcuts, useShortcuts } from './shortcuts.js';
import { newId } from './id.js';
import { TemporaryNote, TemporarySwitch } from './temporary.js';
import { Thread } from './thread.js';
import { fresh, isOpen, threads } from './threads.js';

/** What this month has cost so far, in billionths of a dollar. */
const month = signal(/** @type {number | null} */ (null));

forgetWithUser(() => { month.value = null; });

async function countMonth() {
  const { items } = await api.call('usage');
  month.value = items.reduce((/** @type {number} */ sum, /** @type {any} */ item) => sum + (item.cost?.amountNanoUsd ?? 0), 0);
}

/** The conversation at this address. @param {string | undefined} id */
function threadAt(id) {
  if (id === undefined) {
    fresh.value ??= new Thread(newId(), { isNew: true });
    const thread = fresh.value;
    threads.set(thread.id, thread);
    const preferred = user.peek()?.settings.defaultModel;
    if (preferred && !thread.options.peek().model) thread.options.value = { ...thread.options.peek(), model: preferred };
    return thread;
  }
  let thread = threads.get(id);
  if (!thread) {
    thread = new Thread(id);
    threads.set(id, thread);
    thread.load();
  }
  return thread;
}

/** Which key pays, and what the month has cost. @param {{ thread: Thread }} props */
function Payer({ thread }) {
  const { keyId } = thread.options.value;
  const key = keys.value?.find((one) => one.id === keyId && isUsable(one)) ?? payingKey.value;
  if (!key) return null;
  const isInDoubt = !['valid', 'unverified'].includes(key.status);
  return html`<a class="payer" href="/settings/keys" title=${t.composer.pays(`${key.name} ${key.hint}`)} data-state=${key.status}><${Icon} name=${isInDoubt ? 'warning' : 'key'} /><span class="cut">${key.name}</span>
    ${isInDoubt && html`<span class="payer-state">${wordOf(key)}</span>`}
    ${month.value !== null && html`<span class="payer-month">${t.composer.month(dollars(month.value))}</span>`}</a>`;
}

export function ChatPage() {
  const id = place.value?.params.id;
  const thread = threadAt(id);
  const shortcuts = useSignal(false);
  // The list hears first of a new title.
  const one = conversations.value?.find((listed) => listed.id === id) ?? thread.conversation.value;
  // Nothing of a temporary one stays in the browser's history, either.
  const isTemporary = thread.temporary.value;
  const named = isTemporary ? t.chat.temporary : one?.title;
  const title = named ?? (isGone(thread) ? t.chat.missing : id ? t.chat.untitled : t.chat.new);
  useEffect(() => { document.title = t.title(title); }, [title]);
  useEffect(() => isOpen(id ?? null), [id]);
  useEffect(() => { if (models.value === null) loadModels().catch(() => {}); }, []);
  const isRunning = thread.running.value !== null;
  useEffect(() => { if (!isRunning) countMonth().catch(() => {}); }, [isRunning]);
  // An answer can change what is known of the key that paid.
  useEffect(() => (isRunning ? () => { loadKeys().catch(() => {}); } : undefined), [isRunning]);
  const isBegun = thread.items.value.length > 0;
  // A new conversation gets its address once the server has its first message: until then a reload would find nothing there.
  const isSaved = thread.state.value !== 'new';
  useEffect(() => {
    if (id !== undefined || !isSaved) return;
    navigate(`/chat/${thread.id}`, { replace: true });
    fresh.value = null;
  }, [id, isSaved]);
  useSignalEffect(() => {
    // One that was left before it had its address has it by now.
    if (place.value?.params.id !== undefined && (fresh.value?.state.value ?? 'new') !== 'new') fresh.value = null;
  });

  const openNew = () => {
    // One that waits for its first word goes on by itself.
    if ((fresh.peek()?.items.peek().length ?? 0) > 0) fresh.value = null;
    closeSheet(); document.querySelector('textarea')?.focus();
  };
  useShortcuts({ help: () => { shortcuts.value = true; }, stop: () => (isSheet.value ? setRail(false) : thread.stop()) });

  const addKey = () => navigate('/welcome');
  const ways = { 'add-key': addKey, model: () => /** @type {HTMLElement | null} */ (document.querySelector('.foot-button'))?.click() };
  const list = keys.value ?? [];
  const blocked = payingKey.value === null && html`<${Note} icon="key" title=${t.composer.noKey}>
    <p>${list.length === 0 ? t.composer.noKeyYet : t.composer.noKeyReady(list.map((key) => t.composer.keyIs(key.name, wordOf(key))).join(', '))}</p><div class="notice-ways">
    <${Button} kind="primary" onClick=${addKey}>${t.composer.addKey}<//>${list.length > 0 && html`<a class="button plain" href="/settings/keys">${t.errors.ways.keys}</a>`}</div><//>`;
  const editLast = () => {
    const last = thread.items.value.findLast((item) => item.message.value.role === 'user');
    if (last) edit(thread, last.message.value);
  };
  const note = html`<${TemporaryNote} thread=${thread} />`;
  const composer = html`<${Composer} thread=${thread} note=${note} payer=${html`<${Payer} thread=${thread} />`} blocked=${blocked || null} onKeyFound=${takeToSettings} onEditLast=${editLast} />`;

  return html`<div class="chat" data-rail=${railOpen.value ? '' : null}>
    ${railOpen.value && html`<${Rail} current=${id ?? null} onNew=${openNew} onShortcuts=${() => { shortcuts.value = true; }} />`}
    ${railOpen.value && html`<div class="scrim" onClick=${() => { railOpen.value = false; }} />`}
    <main class="stage" data-empty=${!isBegun && !id ? '' : null} inert=${isSheet.value}>
      <header class="stage-head">
        ${!railOpen.value && html`<${IconButton} icon="panel" label=${t.chat.showRail} onClick=${() => setRail(true)} />`}
        ${id || isBegun ? html`<h1 class="cut">${title}</h1>` : html`<span class="spring" />`}
        ${!id && !isBegun && html`<${TemporarySwitch} thread=${thread} />`}
        ${one && !isTemporary && html`<${ConversationMenu} one=${one} label=${t.chat.actionsHere} />`}
        ${!railOpen.value && html`<a class="icon-button" href="/chat" aria-label=${t.chat.new} title=${t.chat.new}><${Icon} name="plus" /></a>`}
      </header>
      ${thread.state.value === 'failed' ? html`<${Missing} thread=${thread} />`
        : thread.state.value === 'loading' ? html`<div class="thread skeleton" role="status"><span class="unseen">${t.loading}</span></div>`
        : !isBegun && !id ? html`<${Empty} thread=${thread} ways=${ways}>${composer}<//>`
        : html`<${Messages} key=${thread.id} thread=${thread} ways=${ways} />${composer}`}
    </main>
    <${ConversationQuestion} current=${id ?? null} />
    ${shortcuts.value && html`<${Shortcuts} onClose=${() => { shortcuts.value = false; }} />`}
  </div>`;
}

/** Whether there is no such conversation. @param {Thread} thread */
const isGone = ({ state, fault }) => state.value === 'failed' && fault.value?.error instanceof api.ApiError && fault.value.error.code === 'not_found';

/** A conversation that can't be read: it isn't there, or the way to it broke. @param {{ thread: Thread }} props */
function Missing({ thread }) {
  const fault = thread.fault.value;
  return html`<div class="alone">${isGone(thread) ? html`<p role="alert">${t.chat.missingText}</p>` : html`<${Fault} fault=${fault?.error} onRetry=${fault?.retry} />`}
    <p><a class="button plain" href="/chat"><${Icon} name="plus" />${t.chat.new}</a></p></div>`;
}

/** @param {{ thread: Thread, ways: Record<string, () => void>, children: any }} props */
function Empty({ thread, ways, children }) {
  const { name } = user.value ?? {};
  const greeting = t.chat.greeting(new Date().getHours());
  const suggest = (/** @type {string} */ text) => { thread.draft.value = text; document.querySelector('textarea')?.focus(); };
  return html`<div class="empty">
    <h1>${greeting}${name ? `, ${name}` : ''}.</h1>
    ${thread.fault.value && html`<${Fault} fault=${thread.fault.value.error} onRetry=${thread.fault.value.retry} ways=${ways} />`}
    ${children}
    <ul class="suggestions">${t.chat.suggestions.map(({ title, text }) => html`<li><button type="button" onClick=${() => suggest(text)}><strong>${title}</strong><span>${text.trim()}</span></button></li>`)}</ul>
  </div>`;
}
