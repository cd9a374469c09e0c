// The messages of a conversation, from top to end.

import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { Fault } from '../ui/notice.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Answer } from './answer.js';
import { useFound } from './found.js';
import { Question } from './question.js';
import { useFollowing } from './scroll.js';

/** @param {{ thread: import('./thread.js').Thread, ways: Record<string, () => void> }} props */
export function Messages({ thread, ways }) {
  const items = thread.items.value;
  const { frame, content, part, isAway, hasMore, toEnd, toPart, scrolled } = useFollowing(thread);
  useFound(thread, part.reveal, toPart);
  const fault = thread.fault.value;
  const said = useSignal('');
  const isRunning = thread.running.value !== null;
  useEffect(() => {
    if (isRunning) said.value = t.message.writing;
    else if (said.value) said.value = t.message.done;
  }, [isRunning]);
  return html`<div class="thread" ref=${frame} onScroll=${scrolled} tabindex="0" role="region" aria-label=${t.chat.thread}>
    <div class="column" ref=${content}>
      ${thread.older.value && part.from === 0 && html`<p class="more"><${Button} onClick=${() => thread.loadOlder().catch((error) => { thread.fault.value = { error }; })}>${t.chat.more}<//></p>`}
      ${items.slice(part.from, part.to).map((item) => (item.message.value.role === 'user'
        ? html`<${Question} key=${item.key} item=${item} thread=${thread} />`
        : html`<${Answer} key=${item.key} item=${item} thread=${thread} isLast=${item === items.at(-1)} />`))}
      ${fault && part.below === 0 && html`<${Fault} fault=${fault.error} onRetry=${fault.retry} ways=${ways} />`}
    </div>
    <p class="unseen" role="status">${said.value}</p>
    ${isAway.value && html`<button type="button" class="below" aria-label=${hasMore.value ? null : t.chat.toEnd} title=${t.chat.toEnd} onClick=${() => { toEnd(); frame.current?.focus({ preventScroll: true }); }}><${Icon} name="below" />${hasMore.value && t.chat.newText}</button>`}
  </div>`;
}
