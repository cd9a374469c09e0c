// A new password.

import { changePassword } from '../api.js';
import { Form } from '../session/form.js';
import { Button, SecretField } from '../ui/controls.js';
import { Note } from '../ui/notice.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { useReauthentication } from './reauthenticate.js';
import { Section } from './section.js';

export function PasswordSection() {
  const password = useSignal('');
  const deleteTokens = useSignal(false);
  const done = useSignal(false);
  const { withPassword, shown } = useReauthentication();
  const submit = async () => {
    done.value = false;
    const changed = await withPassword(() => changePassword({ newPassword: password.value, deleteTokens: deleteTokens.value }));
    if (!changed) return;
    password.value = '';
    done.value = true;
  };
  const faults = { '/newPassword': password.value || done.value ? null : t.session.missing };
  return html`<${Section} id="password" title=${t.settings.password} lead=${t.settings.passwordLead}>
    ${done.value && html`<${Note} icon="good" kind="good">${t.settings.passwordChanged}<//>`}
    <${Form} submit=${submit} faults=${faults} atFields=${{ password_too_short: '/newPassword', password_too_long: '/newPassword', password_too_weak: '/newPassword' }}>${({ busy, at }) => html`
      <${SecretField} label=${t.session.newPassword} autocomplete="new-password" value=${password} fault=${at('/newPassword')} />
      <label class="check"><input type="checkbox" checked=${deleteTokens.value} onChange=${(/** @type {any} */ event) => { deleteTokens.value = event.target.checked; }} />${t.settings.alsoTokens}</label>
      <div class="form-foot"><${Button} type="submit" busy=${busy}>${t.settings.changePassword}<//></div>`}
    <//>${shown}
  <//>`;
}
