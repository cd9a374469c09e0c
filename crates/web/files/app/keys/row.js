// One stored key: its state as a word with a mark, what is known of it, and its menu.

import { useAttempt } from '../ui/attempt.js';
import { Icon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { Fault } from '../ui/notice.js';
import { html } from '../ui/preact.js';
import { ago, inFull, onDay } from '../ui/time.js';
import { t } from '../strings/index.js';
import { LINKS } from '../strings/links.js';
import { change, keys, stateOf, test } from './state.js';

/** How a state looks: its mark, and how bad it is. @type {Record<string, [any, 'good' | 'warn' | 'bad' | 'muted']>} */
const LOOKS = {
  valid: ['good', 'good'], unverified: ['unknown', 'muted'], invalid: ['bad', 'bad'], no_credit: ['bad', 'bad'], restricted: ['warning', 'warn'], rate_limited: ['wait', 'warn'],
  unreachable: ['unknown', 'warn'], expired: ['wait', 'bad'], unreadable: ['bad', 'bad'], disabled: ['off', 'muted'],
};

/** Where a state can be mended. @type {Record<string, [string, string]>} */
const WAYS = { invalid: [t.welcome.open, LINKS.anthropicKeys], restricted: [t.welcome.open, LINKS.anthropicKeys], no_credit: [t.errors.ways.billing, LINKS.anthropicBilling] };
/** Here a time of a check says nothing: there was none, or it isn't what matters. */
const UNCHECKED = new Set(['unverified', 'disabled', 'expired']);

/** @param {{ one: import('./state.js').ApiKey, pays: boolean, backs: boolean, month: string | undefined, order: ReturnType<typeof import('./order.js').useOrder>, open: (what: 'rename' | 'expire' | 'delete') => void }} props */
export function KeyRow({ one, pays, backs, month, order, open }) {
  const { busy, fault, attempt } = useAttempt();
  const state = stateOf(one);
  const [mark, look] = LOOKS[state] ?? ['unknown', 'muted'];
  const words = t.keys.states[/** @type {keyof typeof t.keys.states} */ (state)] ?? { word: state, text: '' };
  const facts = [
    one.lastUsedAt ? t.keys.lastUsed(ago(one.lastUsedAt)) : t.keys.neverUsed,
    month && t.keys.month(month),
    state === 'valid' && one.lastVerifiedAt && t.keys.checked(ago(one.lastVerifiedAt)),
    one.expiresAt && (state === 'expired' ? t.keys.expired(onDay(one.expiresAt)) : t.keys.expires(onDay(one.expiresAt))),
  ].filter(Boolean);
  const place = (keys.value ?? []).indexOf(one);
  /** @type {[string, any, number, string][]} */
  const ways = [];
  if (place > 0) ways.push([t.keys.moveUp, 'up', -1, 'Alt ↑']);
  if (place < (keys.value?.length ?? 0) - 1) ways.push([t.keys.moveDown, 'down', 1, 'Alt ↓']);
  return html`<li class="row key-row" data-state=${state} data-key=${one.id} ...${order.row(one.id)}>
    ${(keys.value?.length ?? 0) > 1 && order.grip(one.id)}
    <p class="state ${look}" role="status"><${Icon} name=${busy.value ? 'wait' : mark} />${busy.value ? t.keys.testing : words.word}</p>
    <div class="row-main">
      <p class="row-name">${one.name} <code>${one.hint}</code>${pays && html` <span class="tag">${t.keys.pays}</span>`}${backs && html` <span class="tag quiet">${t.keys.backup}</span>`}</p>
      <p class="row-facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p>
      ${(words.text || one.statusDetail) && state !== 'valid' && html`<p class="row-why">${words.text}${one.statusDetail && state !== 'disabled' && html` <q>${one.statusDetail}</q>`}
        ${one.lastVerifiedAt && !UNCHECKED.has(state) && html` <span class="muted" title=${inFull(one.lastVerifiedAt)}>(${t.keys.checked(ago(one.lastVerifiedAt))})</span>`}</p>`}
      ${WAYS[state] && html`<p class="row-way"><a class="outside" href=${WAYS[state][1]} target="_blank" rel="noopener noreferrer">${WAYS[state][0]}<${Icon} name="outside" /></a></p>`}
      ${fault.value ? html`<${Fault} fault=${fault.value} />` : null}
    </div>
    <${Menu} label=${t.keys.actions(one.name)} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" items=${[
      { words: t.keys.test, icon: 'check', onChoose: () => attempt(() => test(one.id)) },
      ...ways.map(([words, icon, by, hint]) => ({ words, icon, hint, onChoose: () => order.move(one.id, by) })),
      { words: t.keys.rename, icon: 'edit', onChoose: () => open('rename') },
      { words: t.keys.expiry, icon: 'wait', onChoose: () => open('expire') },
      one.isActive ? { words: t.keys.disable, icon: 'off', onChoose: () => attempt(() => change(one.id, { isActive: false })) }
        : { words: t.keys.enable, icon: 'good', onChoose: () => attempt(() => change(one.id, { isActive: true })) },
      { words: t.delete, icon: 'trash', danger: true, onChoose: () => open('delete') },
    ]} />
  </li>`;
}
