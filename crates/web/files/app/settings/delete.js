// The end of an account.

import { call, deleteAccount } from '../api.js';
import { signInNote } from '../session/state.js';
import { Form } from '../session/form.js';
import { navigate } from '../router.js';
import { Button, SecretField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Section } from './section.js';

export function DeleteSection() {
  const asking = useSignal(false);
  const password = useSignal('');
  const submit = async () => {
    await call('reauthenticate', { body: { password: password.value } });
    await deleteAccount();
    signInNote.value = t.settings.accountDeleted;
    navigate('/sign-in', { replace: true });
  };
  const close = () => { asking.value = false; password.value = ''; };
  return html`<${Section} id="delete" title=${t.settings.danger} lead=${t.settings.dangerText}>
    <${Button} kind="danger" onClick=${() => { asking.value = true; }}>${t.settings.deleteAccount}<//>
    ${asking.value && html`<${Dialog} title=${t.settings.deleteAccountTitle} onClose=${close}>
      <${Form} submit=${submit} faults=${{ '/password': password.value ? null : t.session.missing }} atFields=${{ invalid_credentials: '/password' }}>${({ busy, at }) => html`
        <p>${t.settings.dangerText}</p>
        <ul class="lost">${t.settings.lost.map((line) => html`<li>${line}</li>`)}</ul>
        <p class="hint">${t.settings.stays} <${Button} kind="link" onClick=${() => { close(); navigate('/settings/data'); }}>${t.settings.saveFirst}<//></p>
        <${SecretField} label=${t.settings.deleteAccountPassword} autocomplete="current-password" autofocus value=${password} fault=${at('/password')} />
        <div class="form-foot"><${Button} type="submit" kind="danger" busy=${busy}>${t.settings.deleteAccount}<//><${Button} kind="link" onClick=${close}>${t.cancel}<//></div>`}
      <//><//>`}
  <//>`;
}
