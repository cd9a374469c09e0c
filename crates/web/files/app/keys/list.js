// The stored keys: one row for each, and what can be done with it.

import { call } from '../api.js';
import { place } from '../router.js';
import { Button } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icons.js';
import { dollars } from '../ui/money.js';
import { Fault } from '../ui/notice.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Section } from '../settings/section.js';
import { AddKeyForm } from './add-form.js';
import { DeleteKey, ExpireKey, RenameKey } from './dialogs.js';
import { useOrder } from './order.js';
import { KeyRow } from './row.js';
import { foundKey, isUsable, keys, payingKey } from './state.js';

/** What each key has cost this month, by id. */
async function spending() {
  const { items } = await call('usage', { query: { groupBy: 'key' } });
  return new Map(items.filter((/** @type {any} */ item) => item.keyId).map((/** @type {any} */ item) => [item.keyId, dollars(item.cost.amountNanoUsd ?? 0)]));
}

export function KeysSection() {
  const spent = useSignal(/** @type {Map<string, string>} */ (new Map()));
  const adding = useSignal(false);
  const isAsked = place.value?.query.has('add') ?? false;
  useEffect(() => { if (isAsked) adding.value = true; }, [place.value]);
  // Which dialog is open, for which key.
  const open = useSignal(/** @type {any} */ (null));
  useEffect(() => { spending().then((found) => { spent.value = found; }, () => {}); }, []);
  const fault = useSignal(/** @type {unknown} */ (null));
  const order = useOrder({ onFault: (thrown) => { fault.value = thrown; } });
  const list = keys.value;
  const close = () => { open.value = null; };
  const opened = list?.find((key) => key.id === open.value?.id);
  const add = html`<${Button} kind=${list?.length === 0 ? 'primary' : 'plain'} icon="plus" onClick=${() => { adding.value = true; }}>${t.keys.add}<//>`;
  return html`<${Section} id="keys" title=${t.keys.title} lead=${t.keys.lead} action=${(list?.length ?? 0) > 0 && add}>
    ${list?.length === 0 && html`<div class="empty-state"><${Icon} name="key" /><p><strong>${t.keys.empty}</strong></p><p>${t.keys.emptyText}</p>${add}</div>`}
    <ul class="rows">${(list ?? []).map((key) => html`<${KeyRow} key=${key.id} one=${key} pays=${payingKey.value?.id === key.id} backs=${isUsable(key) && payingKey.value?.id !== key.id} order=${order} month=${spent.value.get(key.id)}
      open=${(/** @type {any} */ what) => { open.value = { what, id: key.id }; }} />`)}</ul>
    ${fault.value ? html`<${Fault} fault=${fault.value} />` : null}${order.said}
    <p class="where"><${Icon} name="key" />${t.keys.where}</p>
    ${adding.value && html`<${Dialog} title=${t.keys.addTitle} onClose=${() => { adding.value = false; foundKey.value = ''; }}><${AddKeyForm} onAdded=${() => { adding.value = false; }}>
      <${Button} kind="link" onClick=${() => { adding.value = false; foundKey.value = ''; }}>${t.cancel}<//><//><//>`}
    ${opened && open.value?.what === 'rename' && html`<${RenameKey} one=${opened} onClose=${close} />`}
    ${opened && open.value?.what === 'expire' && html`<${ExpireKey} one=${opened} onClose=${close} />`}
    ${opened && open.value?.what === 'delete' && html`<${DeleteKey} one=${opened} onClose=${close} />`}
  <//>`;
}
