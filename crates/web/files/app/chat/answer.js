// An answer: its parts, how it ended, and its receipt.

import { CopyButton, IconButton } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { html } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Markdown } from './markdown-view.js';
import { Sources, Thinking, ToolUse, Unknown, grouped } from './parts.js';
import { Receipt } from './receipt.js';
import { Versions } from './versions.js';

const THINKING = new Set(['thinking', 'redacted_thinking']);
const CALLS = new Set(['server_tool_use', 'tool_use']);

/** One part. @param {any} part @param {any} message @param {boolean} open @param {import('./parts.js').Source[]} sources */
function shown({ kind, at, text, block }, message, open, sources) {
  if (kind === 'text') return html`<${Markdown} key=${at} text=${text} open=${open} sources=${sources} />`;
  if (THINKING.has(kind)) return html`<${Thinking} key=${at} block=${block} open=${open} span=${message.spans?.get(at)} />`;
  if (CALLS.has(kind)) {
    const result = message.content.find((/** @type {any} */ other) => other?.tool_use_id === block.id);
    return html`<${ToolUse} key=${at} block=${block} result=${result} open=${open} />`;
  }
  // Results stand with their call.
  if (block.tool_use_id) return null;
  return html`<${Unknown} key=${at} block=${block} />`;
}

/** @param {{ message: any }} props */
function Ending({ message }) {
  const words = t.message.ends[/** @type {keyof typeof t.message.ends} */ (message.status)] ?? t.message.reasons[/** @type {keyof typeof t.message.reasons} */ (message.stopReason)];
  return words ? html`<p class="ending"><${Icon} name=${message.status === 'stopped' ? 'stop' : 'warning'} />${words}</p>` : null;
}

/** The text that is copied. @param {any} message */
const textOf = (message) => message.content.filter((/** @type {any} */ block) => block?.type === 'text').map((/** @type {any} */ block) => block.text).join('');

/** @param {{ item: import('./thread.js').Item, thread: import('./thread.js').Thread, isLast: boolean }} props */
export function Answer({ item, thread, isLast }) {
  const message = item.message.value;
  const isRunning = thread.running.value?.item === item;
  const { parts, sources } = grouped(message.content);
  const isWaiting = isRunning && parts.length === 0;
  // The notice below says it all.
  const isTold = isLast && message.status === 'failed' && thread.fault.value !== null;
  if (isTold) return null;
  return html`<article class="message answer" aria-label=${t.chat.claude} aria-busy=${isRunning || null} data-status=${message.status} data-message=${message.id} tabindex="-1" data-last=${isLast ? '' : null}>
    ${isWaiting && html`<p class="waiting"><span class="unseen">${t.message.waiting}</span><i /><i /><i /></p>`}
    ${parts.map((part, place) => shown(part, message, isRunning && place === parts.length - 1, sources))}
    <${Sources} sources=${sources} />
    ${!isRunning && html`<${Ending} message=${message} />`}
    ${!isRunning && html`<footer class="message-foot">
      <div class="message-actions">
        ${textOf(message) && html`<${CopyButton} text=${() => textOf(message)} label=${t.message.copy} />`}
        ${!thread.isAnonymous && message.id && !thread.running.value && html`<${IconButton} icon="rerun" label=${t.message.rerun} onClick=${() => thread.regenerate(item)} />`}
        <${Versions} message=${message} thread=${thread} />
      </div>
      <${Receipt} message=${message} />
    </footer>`}
  </article>`;
}
