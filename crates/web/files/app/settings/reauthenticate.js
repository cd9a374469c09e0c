// What needs the password once more asks for it when the server does, and then goes on.

import { ApiError, call } from '../api.js';
import { Form } from '../session/form.js';
import { Button, SecretField } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** Does a thing, with the password if that is asked for. `shown` belongs into the page. */
export function useReauthentication() {
  const waiting = useSignal(/** @type {{ go: () => void, give: (fault: unknown) => void } | null} */ (null));
  const password = useSignal('');

  /** @template T @param {() => Promise<T>} work @returns {Promise<T | undefined>} */
  const withPassword = async (work) => {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof ApiError) || fault.code !== 'reauthentication_required') throw fault;
    }
    password.value = '';
    const isGiven = await new Promise((done) => { waiting.value = { go: () => done(true), give: () => done(false) }; });
    waiting.value = null;
    return isGiven ? work() : undefined;
  };
  const submit = async () => {
    await call('reauthenticate', { body: { password: password.value } });
    waiting.value?.go();
  };
  const cancel = () => waiting.value?.give(null);
  const shown = waiting.value && html`<${Dialog} title=${t.settings.reauthenticate} onClose=${cancel}>
    <${Form} submit=${submit} faults=${{ '/password': password.value ? null : t.session.missing }} atFields=${{ invalid_credentials: '/password' }}>${({ busy, at }) => html`
      <p>${t.settings.reauthenticateText}</p>
      <${SecretField} label=${t.session.password} autocomplete="current-password" autofocus value=${password} fault=${at('/password')} />
      <div class="form-foot"><${Button} type="submit" kind="primary" busy=${busy}>${t.settings.continue}<//><${Button} kind="link" onClick=${cancel}>${t.cancel}<//></div>`}
    <//>
  <//>`;
  return { withPassword, shown };
}
