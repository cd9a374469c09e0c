// The conversations, beside the one that is open.

import { keyFault } from '../keys/key-fault.js';
import { navigate } from '../router.js';
import { logout } from '../api.js';
import { signInNote, user } from '../session/state.js';
import { Button, IconButton } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { Fault } from '../ui/notice.js';
import { computed, html, signal, useEffect, useMemo, useRef, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { ConversationMenu } from './actions.js';
import { Snippet, addressOf } from './found.js';
import { leaveAll } from './temporary.js';
import { byDay, conversations, listFault, load, loadMore, nextCursor, words } from './list.js';
import { inView } from './rail-rows.js';

const SEARCH_AFTER_MS = 150;
/** So near its end the list goes on by itself. */
const NEAR_PX = 400;
const STEP_PX = 150;

/** While nothing may be searched. @type {import('./list.js').Conversation[]} */
const NONE = [];

/** Whether the rail is in view: beside the thread, or over it where there is no room. */
const wide = matchMedia('(min-width: 800px)');
const isWide = signal(wide.matches);
wide.addEventListener('change', () => { isWide.value = wide.matches; });
export const railOpen = signal(wide.matches);
/** Whether it lies over the thread, which can't be reached then. */
export const isSheet = computed(() => railOpen.value && !isWide.value);

/** On small screens choosing something puts the rail away. */
export const closeSheet = () => { if (isSheet.peek()) railOpen.value = false; };

/** Shows the rail or puts it away; the button that does the other has the focus then. @param {boolean} isOpen */
export function setRail(isOpen) {
  railOpen.value = isOpen;
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector(isOpen ? '.rail-head .icon-button' : '.stage-head .icon-button'))?.focus());
}

/** @param {{ current: string | null, onNew: () => void, onShortcuts: () => void }} props */
export function Rail({ current, onNew, onShortcuts }) {
  useEffect(() => { if (conversations.value === null) load(); }, [conversations.value === null]);
  const listed = useRef(words.value);
  useEffect(() => {
    if (listed.current === words.value) return undefined;
    listed.current = words.value;
    const timer = setTimeout(load, SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [words.value]);
  const view = useSignal({ top: 0, height: innerHeight });
  const scrolled = (/** @type {any} */ { currentTarget: at }) => {
    // In steps: most movements change nothing.
    const top = Math.floor(at.scrollTop / STEP_PX) * STEP_PX;
    if (top !== view.value.top || at.clientHeight > view.value.height) view.value = { top, height: Math.max(at.clientHeight + STEP_PX, innerHeight) };
    if (at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX) loadMore();
  };
  const hidden = keyFault(words.value);
  const list = hidden ? NONE : conversations.value;
  const groups = useMemo(() => byDay(list ?? []), [list]);
  const signOut = async () => { await leaveAll(); await logout(); signInNote.value = t.session.out; navigate('/sign-in'); };
  return html`<nav class="rail" aria-label=${t.chat.conversations}>
    <div class="rail-head"><a class="brand" href="/chat" onClick=${onNew}><${Icon} name="key" />${t.name}</a>
      <${IconButton} icon="panel" label=${t.chat.hideRail} onClick=${() => setRail(false)} /></div>
    <a class="rail-new" href="/chat" onClick=${onNew}><${Icon} name="plus" />${t.chat.new}</a>
    <label class="rail-search"><${Icon} name="search" /><span class="unseen">${t.chat.search}</span>
      <input type="search" id="search" placeholder=${t.chat.search} value=${words.value} onInput=${(/** @type {any} */ event) => { words.value = event.target.value; }} /></label>
    <div class="rail-list" onScroll=${scrolled}>
      ${listFault.value && html`<${Fault} fault=${listFault.value} onRetry=${load} />`}
      ${hidden && html`<p class="rail-empty fault" role="alert"><${Icon} name="key" />${hidden}</p>`}
      <p class="unseen" role="status">${list && !hidden && words.value.trim() ? t.chat.found(list.length, nextCursor.value !== null) : ''}</p>
      ${list?.length === 0 && !hidden && html`<p class="rail-empty">${words.value.trim() ? t.chat.nothingFound(words.value.trim()) : t.chat.none}</p>`}
      ${inView(groups, view.value).map((group) => html`<section key=${group.title}><h2>${group.title}</h2><ul style=${{ paddingTop: `${group.above}px`, paddingBottom: `${group.below}px` }}>
        ${group.shown.map((one) => html`<${Row} key=${one.id} one=${one} isCurrent=${one.id === current} />`)}</ul></section>`)}
      ${nextCursor.value && !hidden && html`<p class="more"><${Button} onClick=${() => loadMore()}>${t.chat.more}<//></p>`}
    </div>
    <div class="rail-foot"><${Menu} label=${user.value?.email ?? ''} class="rail-user" above showsLabel items=${[
      { words: t.settings.title, icon: 'sliders', onChoose: () => navigate('/settings') },
      { words: t.keys.title, icon: 'key', onChoose: () => navigate('/settings/keys') },
      { words: t.shortcuts.open, icon: 'unknown', onChoose: onShortcuts },
      { words: t.session.signOut, icon: 'out', onChoose: signOut },
    ]}><${Icon} name="person" /><span class="cut">${user.value?.name ?? user.value?.email}</span><${Icon} name="more" /><//></div>
  </nav>`;
}

/** @param {{ one: import('./list.js').Conversation, isCurrent: boolean }} props */
function Row({ one, isCurrent }) {
  const title = one.title ?? t.chat.untitled;
  const isTitle = one.found?.messageId === null;
  return html`<li data-conversation=${one.id} data-current=${isCurrent ? '' : null} data-found=${one.found && !isTitle ? '' : null}><a href=${addressOf(one)} aria-current=${isCurrent ? 'page' : null} title=${title} onClick=${closeSheet}>
      <span class="cut">${isTitle ? html`<${Snippet} snippet=${one.found?.snippet} />` : title}</span>
      ${one.found && !isTitle && html`<small class="snippet"><${Snippet} snippet=${one.found.snippet} /></small>`}</a>
    <${ConversationMenu} one=${one} label=${t.chat.actions(title)} /></li>`;
}
