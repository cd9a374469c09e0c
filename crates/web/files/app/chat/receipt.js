// Under each answer: model, time, tokens, cost, and which key paid. It opens to the counters and attempts.

import { keys } from '../keys/state.js';
import { html } from '../ui/preact.js';
import { counted, dollars } from '../ui/money.js';
import { at, inFull } from '../ui/time.js';
import { errorWords, t } from '../strings/index.js';
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

/** What the cache saved; writing to it costs more at first. @param {any} cost */
function savedBy(cost) {
  const nano = cost?.savedNanoUsd;
  if (!nano) return null;
  return nano > 0 ? dollars(nano) : t.message.costMore(dollars(-nano));
}

/** Which key an attempt was made with, as far as that is still known. @param {any} attempt @param {any} receipt */
function triedWith({ keyId }, receipt) {
  if (keyId === null || keyId === undefined) return t.message.yourKey;
  const key = keys.value?.find((one) => one.id === keyId) ?? (keyId === receipt.id ? receipt : null);
  return key ? `${key.name} ${key.hint}` : t.message.goneKey;
}

/** How an attempt ended, in words. @param {string} outcome */
const endOf = (outcome) => t.message.outcomes[/** @type {keyof typeof t.message.outcomes} */ (outcome)] ?? errorWords[outcome]?.title ?? outcome;

/** Each attempt at the provider, in order. @param {{ receipt: any }} props */
function Attempts({ receipt }) {
  if (!(receipt?.attempts?.length > 0)) return null;
  return html`<section class="attempts" aria-label=${t.message.counters.attempts}><p>${t.message.counters.attempts}</p><ol>
    ${receipt.attempts.map((/** @type {any} */ attempt) => html`<li data-outcome=${attempt.outcome}><span>${endOf(attempt.outcome)}</span> <small>${triedWith(attempt, receipt)}</small></li>`)}
  </ol></section>`;
}

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
    [words.saved, savedBy(message.cost)],
  ].filter(([, value]) => value);
  return html`<details class="receipt"><summary>
      ${message.model && html`<span>${nameOf(message.model)}</span>`}
      <time datetime=${when}>${at(when)}</time>
      ${usage && html`<span class="wide-only">${t.message.tokens(counted(inputOf(usage)), counted(usage.output_tokens ?? 0))}</span>`}
      <span>${costOf(message)}</span>
      ${key && html`<span>${t.message.paidBy(payerOf(key))}</span>`}
    </summary>
    <dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <${Attempts} receipt=${key} />
  </details>`;
}
