// Adding a key: one field and a name. The check is the save.

import { t } from '../strings/index.js';
import { LINKS } from '../strings/links.js';
import { Button, Field, SecretField } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { html, useRef, useSignal } from '../ui/preact.js';
import { Form } from '../session/form.js';
import { keyFault } from './key-fault.js';
import { add, foundKey, keys } from './state.js';

/** What Anthropic couldn't be asked about can be stored all the same. */
const UNCHECKED = new Set(['provider_unreachable', 'provider_timeout', 'provider_overloaded', 'provider_error', 'provider_rate_limited']);
/** These are about the text in the field. */
const AT_KEY = { invalid_api_key_format: '/apiKey', malformed_api_key: '/apiKey', unsupported_api_key_kind: '/apiKey' };

/** The link to where keys are made. */
export const KeysLink = () => html`<a class="outside" href=${LINKS.anthropicKeys} target="_blank" rel="noopener noreferrer">${t.welcome.open}<${Icon} name="outside" /></a>`;

/** @param {{ onAdded: (key: any) => void, words?: string, withName?: boolean, children?: any }} props */
export function AddKeyForm({ onAdded, words = t.keys.add, withName = true, children }) {
  const apiKey = useSignal(foundKey.value);
  const name = useSignal('');
  const unchecked = useSignal(false);
  // The button that sends the form says whether Anthropic is asked.
  const asks = useRef(true);
  const submit = async () => {
    const body = { apiKey: apiKey.value.trim(), name: name.value.trim() || t.keys.defaultName(keys.value?.length ?? 0) };
    try {
      const key = await add(asks.current ? body : { ...body, allowUnverified: true });
      foundKey.value = '';
      onAdded(key);
    } catch (fault) {
      unchecked.value = UNCHECKED.has(/** @type {any} */ (fault).code);
      throw fault;
    }
  };
  const faults = { '/apiKey': apiKey.value.trim() === '' ? t.session.missing : null, '/name': keyFault(name.value, { canStore: false }) };
  return html`<${Form} submit=${submit} faults=${faults} atFields=${AT_KEY} ways=${{ keys: undefined }}>${({ busy, at }) => html`
    <${SecretField} label=${t.keys.key} placeholder=${t.keys.placeholder} autocomplete="off" class="mono" autofocus
      value=${apiKey} fault=${at('/apiKey')} hint=${html`<${KeysLink} />`} />
    ${withName && html`<${Field} label=${t.keys.name} placeholder=${t.keys.defaultName(keys.value?.length ?? 0)} autocomplete="off" value=${name} fault=${at('/name')} />`}
    <div class="form-foot">
      <${Button} type="submit" kind="primary" busy=${busy} busyWords=${t.keys.checking} onClick=${() => { asks.current = true; }}>${words}<//>
      ${unchecked.value && html`<${Button} type="submit" onClick=${() => { asks.current = false; }}>${t.keys.unverified}<//>`}
      ${children}
    </div>
    ${unchecked.value && html`<p class="hint">${t.keys.unverifiedHint}</p>`}`}
  <//>`;
}
