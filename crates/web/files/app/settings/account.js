// The account, and how its chats behave.

import { models, load as loadModels, nameOf } from '../chat/models.js';
import { keyFault } from '../keys/key-fault.js';
import { change, user } from '../session/state.js';
import { server } from '../session/server.js';
import { Form } from '../session/form.js';
import { Button, Choice, Field, Select } from '../ui/controls.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { useSaving } from './saved.js';
import { Section } from './section.js';

export function AccountSection() {
  const name = useSignal(user.value.name ?? '');
  const saved = useSignal(false);
  const submit = async () => {
    saved.value = false;
    await change({ name: name.value.trim() || null });
    saved.value = true;
  };
  return html`<${Section} id="account" title=${t.settings.account} lead=${user.value.email}>
    <${Form} submit=${submit} faults=${{ '/name': keyFault(name.value) }} class="inline">${({ busy, at }) => html`
      <${Field} label=${t.settings.accountName} hint=${saved.value ? t.settings.saved : t.settings.accountNameHint} autocomplete="name" value=${name} fault=${at('/name')} />
      <${Button} type="submit" busy=${busy}>${t.save}<//>`}
    <//>
  <//>`;
}

export function ChatSection() {
  const { save, shown } = useSaving();
  const { defaultModel, onDisconnect, promptCache } = user.value.settings;
  useEffect(() => { if (models.value === null) loadModels().catch(() => {}); }, []);
  const words = t.settings;
  const known = models.value ?? [];
  /** @type {[string, string][]} */
  const options = [['', words.serverDefault(server.value && nameOf(server.value.defaultModel))], ...known.map((model) => /** @type {[string, string]} */ ([model.id, nameOf(model.id)]))];
  if (defaultModel && !known.some((model) => model.id === defaultModel)) options.push([defaultModel, nameOf(defaultModel)]);
  return html`<${Section} id="chat" title=${words.chat}>
    <${Select} label=${words.defaultModel} value=${defaultModel ?? ''} options=${options} onChange=${(/** @type {string} */ value) => save({ settings: { defaultModel: value || null } })} />
    <${Select} label=${words.promptCache} hint=${words.promptCacheHint} value=${promptCache} options=${Object.entries(words.promptCaches)} onChange=${(/** @type {string} */ value) => save({ settings: { promptCache: value } })} />
    <${Choice} label=${words.onDisconnect} value=${onDisconnect} options=${Object.entries(words.onDisconnects)} onChange=${(/** @type {string} */ value) => save({ settings: { onDisconnect: value } })} />
    ${shown}
  <//>`;
}
