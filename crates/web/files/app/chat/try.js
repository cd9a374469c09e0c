// Chat without an account: key and conversation live in this tab alone.

import { Form, Gate } from '../session/form.js';
import { Button, SecretField } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { Fault } from '../ui/notice.js';
import { html, signal, useEffect, useSignal } from '../ui/preact.js';
import { canSignUp, canTry } from '../session/server.js';
import { KeysLink } from '../keys/add-form.js';
import { t } from '../strings/index.js';
import { ApiError } from '../api.js';
import { Composer } from './composer.js';
import { Messages } from './messages.js';
import { load as loadModels, models } from './models.js';
import { newId } from './id.js';
import { useEscape } from './shortcuts.js';
import { Thread } from './thread.js';

class AnonymousThread extends Thread {
  /** @param {string} apiKey */
  constructor(apiKey) {
    super(newId(), { isNew: true });
    this.apiKey = apiKey;
  }

  get isAnonymous() {
    return true;
  }

  /** The server keeps nothing, so that each message brings what came before. @param {any} body @param {import('./thread.js').Item[]} before */
  bodyOf(body, before) {
    const history = before.map((item) => item.message.value)
      .filter((message) => message.content.length > 0)
      .map(({ role, content, model }) => ({ role, content: content.filter(Boolean), ...(role === 'assistant' && model ? { model } : {}) }));
    const { system } = this.options.value;
    return { ...body, ...(system ? { system } : {}), apiKey: this.apiKey, ...(history.length > 0 ? { history } : {}) };
  }
}

/** In memory: a reload forgets it. */
const thread = signal(/** @type {AnonymousThread | null} */ (null));

export function TryPage() {
  useEffect(() => { if (models.value === null) loadModels({ anonymous: true }).catch(() => {}); }, []);
  if (!canTry.value) return html`<${Off} />`;
  return thread.value ? html`<${AnonymousChat} thread=${thread.value} />` : html`<${GiveKey} />`;
}

/** Where chat needs an account. */
const Off = () => html`<${Gate} title=${t.anonymous.off} lead=${t.anonymous.offLead}>
  <p class="gate-ways"><a class="button primary" href="/sign-in">${t.session.signIn}</a>${canSignUp.value && html`<a class="button plain" href="/sign-up">${t.session.signUp}</a>`}</p><//>`;

function GiveKey() {
  const key = useSignal('');
  // Only the form is looked at here: the key goes nowhere before the first message.
  const submit = async () => {
    if (!key.value.trim().startsWith('sk-ant-')) throw new ApiError({ code: 'invalid_api_key_format', detail: t.anonymous.wrongForm });
    thread.value = new AnonymousThread(key.value.trim());
  };
  return html`<${Gate} title=${t.anonymous.title} lead=${t.anonymous.lead}>
    <${Form} submit=${submit} faults=${{ '/apiKey': key.value.trim() ? null : t.session.missing }} atFields=${{ invalid_api_key_format: '/apiKey' }}>${({ busy, at }) => html`
      <${SecretField} label=${t.keys.key} placeholder=${t.keys.placeholder} autocomplete="off" class="mono" autofocus value=${key} fault=${at('/apiKey')} hint=${html`<${KeysLink} />`} />
      <div class="form-foot"><${Button} type="submit" kind="primary" busy=${busy}>${t.anonymous.start}<//></div>`}
    <//>
    ${canSignUp.value && html`<p class="aside"><a href="/sign-up">${t.anonymous.keep}</a></p>`}
  <//>`;
}

/** @param {{ thread: AnonymousThread }} props */
function AnonymousChat({ thread: chat }) {
  useEffect(() => { document.title = t.title(t.anonymous.title); }, []);
  useEscape(() => chat.stop());
  const again = () => { thread.value = null; };
  const ways = { keys: again, 'add-key': again };
  const payer = html`<${Button} kind="link" class="payer" icon="key" onClick=${again} title=${t.anonymous.change}>${t.anonymous.key(`…${chat.apiKey.slice(-4)}`)}<//>`;
  const composer = html`<${Composer} thread=${chat} payer=${payer} onKeyFound=${again} />`;
  const isBegun = chat.items.value.length > 0;
  return html`<div class="chat"><main class="stage" data-empty=${isBegun ? null : ''}>
    <header class="stage-head"><a class="brand" href="/"><${Icon} name="key" /><span class="brand-name">${t.name}</span></a>
      <h1 class="banner"><span class="wide-only">${t.anonymous.title}. </span>${t.anonymous.banner}</h1>${canSignUp.value && html`<a class="button plain" href="/sign-up">${t.session.signUp}</a>`}</header>
    ${isBegun ? html`<${Messages} thread=${chat} ways=${ways} />${composer}`
      : html`<div class="empty"><h2>${t.chat.greeting(new Date().getHours())}.</h2>
        ${chat.fault.value && html`<${Fault} fault=${chat.fault.value.error} onRetry=${chat.fault.value.retry} ways=${ways} />`}${composer}</div>`}
  </main></div>`;
}
