// How the model shall answer in this conversation.

import { Button, Choice, Field, Select } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Form } from '../session/form.js';
import { keyFault } from '../keys/key-fault.js';
import { keys } from '../keys/state.js';
import { models } from './models.js';

/** What a model takes, where the server says so; else everything is offered. @param {string | null} id */
function taken(id) {
  const known = models.value?.find((model) => model.id === id)?.capabilities;
  /** @type {string[]} */
  const kinds = known?.thinking ?? ['adaptive', 'disabled'];
  /** @type {string[]} */
  const efforts = known?.efforts ?? ['low', 'medium', 'high', 'xhigh', 'max'];
  return { kinds, efforts };
}

/** @param {{ thread: import('./thread.js').Thread, onClose: () => void }} props */
export function OptionsDialog({ thread, onClose }) {
  const now = thread.options.value;
  const system = useSignal(now.system);
  const thinking = useSignal(now.thinking);
  const effort = useSignal(now.effort);
  const maxTokens = useSignal(now.maxTokens);
  const keyId = useSignal(now.keyId ?? '');
  const { kinds, efforts } = taken(now.model);
  const words = t.composer;
  /** @type {[string, string][]} */
  const kindOptions = [['auto', words.thinkingKinds.auto]];
  if (kinds.includes('adaptive')) kindOptions.push(['adaptive', words.thinkingKinds.adaptive]);
  if (kinds.includes('disabled')) kindOptions.push(['off', words.thinkingKinds.off]);
  /** @type {[string, string][]} */
  const effortOptions = [['auto', words.efforts.auto], ...efforts.map((/** @type {string} */ one) => /** @type {[string, string]} */ ([one, words.efforts[/** @type {keyof typeof words.efforts} */ (one)] ?? one]))];
  /** @type {[string, string][]} */
  const keyOptions = [['', words.firstKey], ...(keys.value ?? []).map((key) => /** @type {[string, string]} */ ([key.id, `${key.name} ${key.hint}`]))];
  const submit = async () => {
    /** @type {any} */
    const change = {};
    if (system.value.trim() !== now.system) change.system = system.value.trim() || null;
    if (keyId.value !== (now.keyId ?? '')) change.keyId = keyId.value || null;
    if (Object.keys(change).length > 0) await thread.change(change);
    thread.options.value = { ...now, system: system.value.trim(), thinking: thinking.value, effort: effort.value, maxTokens: maxTokens.value, keyId: keyId.value || null };
    onClose();
  };
  return html`<${Dialog} title=${words.options} onClose=${onClose}>
    <${Form} submit=${submit} faults=${{ '/system': keyFault(system.value, { canStore: !thread.isAnonymous }) }}>${({ busy, at }) => html`
      <${Field} label=${words.system} hint=${words.systemHint} area rows="4" autofocus value=${system} fault=${at('/system')} />
      <${Choice} label=${words.thinking} value=${thinking.value} options=${kindOptions} onChange=${(/** @type {string} */ value) => { thinking.value = value; }} />
      ${efforts.length > 0 && html`<${Select} label=${words.effort} value=${effort.value} options=${effortOptions} onChange=${(/** @type {string} */ value) => { effort.value = value; }} />`}
      ${!thread.isAnonymous && (keys.value?.length ?? 0) > 1 && html`<${Select} label=${words.key} value=${keyId.value} options=${keyOptions} onChange=${(/** @type {string} */ value) => { keyId.value = value; }} />`}
      <${Field} label=${words.maxTokens} hint=${words.maxTokensHint} inputmode="numeric" type="number" min="1" value=${maxTokens} />
      <div class="form-foot"><${Button} type="submit" kind="primary" busy=${busy}>${t.save}<//><${Button} kind="link" onClick=${onClose}>${t.cancel}<//></div>`}
    <//>
  <//>`;
}
