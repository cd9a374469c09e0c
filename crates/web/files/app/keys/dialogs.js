// Renaming, expiring and deleting a stored key.

import { Form } from '../session/form.js';
import { Button, Field } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { keyFault } from './key-fault.js';
import { change, isUsable, keys, remove } from './state.js';

/** @typedef {{ one: import('./state.js').ApiKey, onClose: () => void }} Props */

/** @param {{ busy: boolean, onClose: () => void, words?: string, danger?: boolean }} props */
const Foot = ({ busy, onClose, words = t.save, danger = false }) => html`<div class="form-foot">
  <${Button} type="submit" kind=${danger ? 'danger' : 'primary'} busy=${busy}>${words}<//><${Button} kind="link" autofocus=${danger} onClick=${onClose}>${t.cancel}<//></div>`;

/** @param {Props} props */
export function RenameKey({ one, onClose }) {
  const name = useSignal(one.name);
  const submit = async () => { await change(one.id, { name: name.value.trim() }); onClose(); };
  return html`<${Dialog} title=${t.keys.rename} onClose=${onClose}><${Form} submit=${submit} faults=${{ '/name': name.value.trim() ? keyFault(name.value, { canStore: false }) : t.session.missing }}>${({ busy, at }) => html`
    <${Field} label=${t.keys.name} value=${name} fault=${at('/name')} maxlength="100" autofocus /><${Foot} busy=${busy} onClose=${onClose} />`}<//><//>`;
}

/** @param {Props} props */
export function ExpireKey({ one, onClose }) {
  const day = useSignal(one.expiresAt?.slice(0, 10) ?? '');
  const submit = async () => { await change(one.id, { expiresAt: day.value ? `${day.value}T00:00:00Z` : null }); onClose(); };
  return html`<${Dialog} title=${t.keys.expiryTitle} onClose=${onClose}><${Form} submit=${submit}>${({ busy, at }) => html`
    <${Field} label=${t.tokens.expiry} hint=${t.keys.expiryHint} type="date" value=${day} fault=${at('/expiresAt')} autofocus
      after=${day.value && html`<${Button} kind="link" onClick=${() => { day.value = ''; }}>${t.keys.never}<//>`} /><${Foot} busy=${busy} onClose=${onClose} />`}<//><//>`;
}

/** @param {Props} props */
export function DeleteKey({ one, onClose }) {
  const isLast = isUsable(one) && (keys.value ?? []).filter(isUsable).length === 1;
  const submit = async () => { await remove(one.id); onClose(); };
  return html`<${Dialog} title=${t.keys.deleteTitle(one.name)} onClose=${onClose}><${Form} submit=${submit}>${({ busy }) => html`
    <p>${t.keys.deleteText}</p><p>${isLast ? html`<strong>${t.keys.deleteLast}</strong>` : t.keys.deletePinned}</p><${Foot} busy=${busy} onClose=${onClose} words=${t.delete} danger />`}<//><//>`;
}
