// What the message in the composer would cost: when somebody asks, and by itself once a long one is left alone for a moment.

import * as api from '../api.js';
import { IconButton } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { told } from '../ui/error-words.js';
import { counted, dollars } from '../ui/money.js';
import { html, useEffect, useRef, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { bodyOf } from './body.js';
import { keyIn } from './guard.js';

/** @typedef {import('./thread.js').Thread} Thread */

/** So many letters are some thousand tokens. */
const LONG = 8_000;
/** What is larger is sent for this only when somebody asks: it goes to the server as a whole. */
const MOST_BY_ITSELF = 2_000_000;
const QUIET_MS = 1_200;

/** How many letters a block is, as it is sent. @param {any} block */
const sizeOf = (block) => (block.type === 'text' ? block.text.length : block.source?.data?.length ?? 0);

/** @param {Thread} thread @param {any[]} content */
function isWorthIt(thread, content) {
  const size = content.reduce((sum, block) => sum + sizeOf(block), 0);
  return !thread.running.value && (size > LONG || thread.files.value.length > 0) && size < MOST_BY_ITSELF;
}

/** What is known of the cost, in words. @param {any} estimate */
function wordsOf({ inputTokens, inputCost, maxCost }) {
  const tokens = counted(inputTokens);
  if (!inputCost.known || !maxCost.known) return t.composer.estimateUnknown(tokens);
  return t.composer.estimate(tokens, dollars(inputCost.amountNanoUsd), dollars(maxCost.amountNanoUsd));
}

/** @param {Thread} thread */
export function useEstimate(thread) {
  const said = useSignal('');
  const busy = useSignal(false);
  const asked = useRef(/** @type {AbortController | null} */ (null));
  const drop = () => { asked.current?.abort(); asked.current = null; said.value = ''; busy.value = false; };

  const ask = async (byItself = false) => {
    const content = thread.written();
    if (content.length === 0 || keyIn(thread.draft.peek())) return;
    drop();
    const mine = new AbortController();
    asked.current = mine;
    busy.value = true;
    try {
      const query = { conversationId: thread.state.peek() === 'new' ? null : thread.id };
      const { temporary, ...body } = bodyOf(thread, content, thread.editing.peek());
      const found = await api.call('estimate', { query, body, signal: mine.signal, anonymous: thread.isAnonymous });
      if (asked.current === mine) said.value = wordsOf(found);
    } catch (fault) {
      if (asked.current === mine && !byItself) said.value = t.composer.estimateFailed(told(fault).title);
    } finally {
      if (asked.current === mine) busy.value = false;
    }
  };
  // What is written now isn't what was estimated.
  useEffect(() => {
    const timer = isWorthIt(thread, thread.written()) ? setTimeout(() => ask(true), QUIET_MS) : 0;
    return () => { clearTimeout(timer); drop(); };
  }, [thread, thread.draft.value, thread.files.value, thread.options.value, thread.editing.value, thread.running.value]);

  const line = html`<div class="estimate" role="status">${(said.value || busy.value) && html`<p class="composer-line"><${Icon} name="gauge" />${busy.value ? t.composer.estimating : said.value}</p>`}</div>`;
  const button = !thread.running.value && html`<${IconButton} icon="gauge" label=${t.composer.askEstimate} aria-busy=${busy.value || null} onClick=${() => ask()} />`;
  return { line, button };
}
