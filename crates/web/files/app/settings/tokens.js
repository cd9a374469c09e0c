// Personal access tokens: for scripts, shown once.

import { call } from '../api.js';
import { keyFault } from '../keys/key-fault.js';
import { Form } from '../session/form.js';
import { Button, CopyButton, Field, IconButton, Select } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { Fault } from '../ui/notice.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { ago, onDay } from '../ui/time.js';
import { t } from '../strings/index.js';
import { Section } from './section.js';

const DAY = 86_400_000;

export function TokensSection() {
  const tokens = useSignal(/** @type {any[] | null} */ (null));
  const fault = useSignal(/** @type {unknown} */ (null));
  const making = useSignal(false);
  const deleting = useSignal(/** @type {any} */ (null));
  const load = async () => {
    fault.value = null;
    try {
      tokens.value = (await call('tokens')).items;
    } catch (thrown) {
      fault.value = thrown;
    }
  };
  useEffect(() => { load(); }, []);
  return html`<${Section} id="tokens" title=${t.tokens.title} lead=${t.tokens.lead} action=${html`<${Button} icon="plus" onClick=${() => { making.value = true; }}>${t.tokens.make}<//>`}>
    ${fault.value ? html`<${Fault} fault=${fault.value} onRetry=${load} />` : null}
    ${tokens.value?.length === 0 && html`<p class="empty-line">${t.tokens.none}</p>`}
    <ul class="rows">${(tokens.value ?? []).map((one) => html`<${Row} key=${one.id} one=${one} onDelete=${() => { deleting.value = one; }} />`)}</ul>
    ${making.value && html`<${Make} onClose=${() => { making.value = false; load(); }} />`}
    ${deleting.value && html`<${Delete} one=${deleting.value} onClose=${() => { deleting.value = null; load(); }} />`}
  <//>`;
}

/** @param {{ one: any, onDelete: () => void }} props */
function Row({ one, onDelete }) {
  const isOver = one.expiresAt && Date.parse(one.expiresAt) <= Date.now();
  const ends = !one.expiresAt ? t.tokens.noExpiry : isOver ? t.tokens.expired(onDay(one.expiresAt)) : t.tokens.expires(onDay(one.expiresAt));
  return html`<li class="row"><div class="row-main"><p class="row-name">${one.name} <code>${one.hint}</code></p>
    <p class="row-facts"><span>${one.scopes.join(', ')}</span><span>${one.lastUsedAt ? t.tokens.used(ago(one.lastUsedAt)) : t.tokens.unused}</span><span class=${isOver ? 'is-bad' : ''}>${ends}</span></p></div>
    <${IconButton} icon="trash" label=${t.tokens.deleteLabel(one.name)} onClick=${onDelete} /></li>`;
}

/** @param {{ onClose: () => void }} props */
function Make({ onClose }) {
  const name = useSignal('');
  const scopes = useSignal(/** @type {string[]} */ (['chat']));
  const days = useSignal('90');
  const made = useSignal('');
  const submit = async () => {
    const expiresAt = days.value === 'never' ? null : new Date(Date.now() + Number(days.value) * DAY).toISOString();
    made.value = (await call('makeToken', { body: { name: name.value.trim(), scopes: scopes.value, expiresAt } })).token;
  };
  const toggle = (/** @type {string} */ scope) => { scopes.value = scopes.value.includes(scope) ? scopes.value.filter((one) => one !== scope) : [...scopes.value, scope]; };
  if (made.value) {
    return html`<${Dialog} title=${t.tokens.once} onClose=${onClose}><p>${t.tokens.onceText}</p>
      <p class="secret"><code>${made.value}</code><${CopyButton} text=${() => made.value} /></p>
      <div class="form-foot"><${Button} kind="primary" onClick=${onClose}>${t.tokens.done}<//></div><//>`;
  }
  const faults = { '/name': name.value.trim() ? keyFault(name.value) : t.session.missing, '/scopes': scopes.value.length > 0 ? null : t.tokens.noScope };
  return html`<${Dialog} title=${t.tokens.makeTitle} onClose=${onClose}><${Form} submit=${submit} faults=${faults}>${({ busy, at }) => html`
    <${Field} label=${t.tokens.name} placeholder=${t.tokens.namePlaceholder} value=${name} fault=${at('/name')} maxlength="100" autofocus />
    <fieldset class="checks"><legend>${t.tokens.scopes}</legend>${Object.entries(t.tokens.scopeWords).map(([scope, words]) => html`
      <label class="check"><input type="checkbox" checked=${scopes.value.includes(scope)} onChange=${() => toggle(scope)} />${words} <code>${scope}</code></label>`)}
      ${at('/scopes') && html`<p class="fault">${at('/scopes')}</p>`}</fieldset>
    <${Select} label=${t.tokens.expiry} value=${days.value} options=${Object.entries(t.tokens.expiries)} onChange=${(/** @type {string} */ value) => { days.value = value; }} />
    <div class="form-foot"><${Button} type="submit" kind="primary" busy=${busy}>${t.tokens.make}<//><${Button} kind="link" onClick=${onClose}>${t.cancel}<//></div>`}<//><//>`;
}

/** @param {{ one: any, onClose: () => void }} props */
function Delete({ one, onClose }) {
  const submit = async () => { await call('deleteToken', { params: { id: one.id } }); onClose(); };
  return html`<${Dialog} title=${t.tokens.deleteTitle(one.name)} onClose=${onClose}><${Form} submit=${submit}>${({ busy }) => html`<p>${t.tokens.deleteText}</p>
    <div class="form-foot"><${Button} type="submit" kind="danger" busy=${busy}>${t.delete}<//><${Button} kind="link" autofocus onClick=${onClose}>${t.cancel}<//></div>`}<//><//>`;
}
