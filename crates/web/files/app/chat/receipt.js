// Under each answer: model, time, tokens, cost, and which key paid. It opens to the counters and attempts.

import { html } from '../ui/preact.js';
import { counted, dollars } from '../ui/money.js';
import { at, inFull } from '../ui/time.js';
import { t } from '../strings/index.js';
import { nameOf } from './models.js';

/** What it cost, in words. @param {any} message */
function costOf({ cost, usageFinal }) {
  if (!cost || cost.amountNanoUsd === null) return t.message.costUnknown;
  const amount = dollars(cost.amountNanoUsd);
  return cost.known && usageFinal !== false ? amount : t.message.atLeast(amount);
}

/** Who paid, in words. @param {any} key */
const payerOf = (key) => (key.payer === 'given_key' ? t.message.yourKey : `${key.name} ${key.hint}`);

/** All tokens that went in, from the cache or not. @param {any} usage */
const inputOf = (usage) => (usage.input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);

/** @param {{ message: any }} props */
export function Receipt({ message }) {
  const { usage, key, completedAt, createdAt } = message;
  const when = completedAt ?? createdAt;
  if (!usage && !key) return html`<p class="receipt"><time datetime=${when} title=${inFull(when)}>${at(when)}</time></p>`;
  const words = t.message.counters;
  const rows = [
    [words.model, message.model],
    [words.time, inFull(when)],
    [words.took, completedAt ? t.message.seconds((Date.parse(completedAt) - Date.parse(createdAt)) / 1000) : null],
    [words.input, usage && counted(usage.input_tokens ?? 0)],
    [words.cacheRead, usage?.cache_read_input_tokens ? counted(usage.cache_read_input_tokens) : null],
    [words.cacheWrite, usage?.cache_creation_input_tokens ? counted(usage.cache_creation_input_tokens) : null],
    [words.output, usage && counted(usage.output_tokens ?? 0)],
    [words.thinking, usage?.output_tokens_details?.thinking_tokens ? counted(usage.output_tokens_details.thinking_tokens) : null],
    [words.cost, costOf(message)],
    [words.key, key && payerOf(key)],
    [words.attempts, key?.attempts?.length > 0 ? key.attempts.map((/** @type {any} */ one) => one.outcome).join(', ') : null],
  ].filter(([, value]) => value);
  return html`<details class="receipt"><summary>
      ${message.model && html`<span>${nameOf(message.model)}</span>`}
      <time datetime=${when}>${at(when)}</time>
      ${usage && html`<span class="wide-only">${t.message.tokens(counted(inputOf(usage)), counted(usage.output_tokens ?? 0))}</span>`}
      <span>${costOf(message)}</span>
      ${key && html`<span>${t.message.paidBy(payerOf(key))}</span>`}
    </summary>
    <dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </details>`;
}
