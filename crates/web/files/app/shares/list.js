// The links that there are, each with what can be done with it.

import { useAttempt } from '../ui/attempt.js';
import { Button } from '../ui/controls.js';
import { Fault } from '../ui/notice.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { inFull, ago, onDay } from '../ui/time.js';
import { t } from '../strings/index.js';
import { end, load, refresh, shares } from './state.js';

/** All links, or those to one conversation. @param {{ conversationId?: string, none?: string }} props */
export function ShareList({ conversationId, none }) {
  const fault = useSignal(/** @type {unknown} */ (null));
  const read = () => { fault.value = null; load().catch((thrown) => { fault.value = thrown; }); };
  useEffect(read, []);
  const list = shares.value?.filter((one) => conversationId === undefined || one.conversationId === conversationId);
  return html`
    ${fault.value ? html`<${Fault} fault=${fault.value} onRetry=${read} />` : null}
    ${list?.length === 0 && none && html`<p class="empty-line">${none}</p>`}
    <ul class="rows">${(list ?? []).map((one) => html`<${Row} key=${one.id} one=${one} isNamed=${conversationId === undefined} />`)}</ul>`;
}

/** @param {{ one: import('./state.js').Share, isNamed: boolean }} props */
function Row({ one, isNamed }) {
  const { busy, fault, attempt } = useAttempt();
  const sure = useSignal(false);
  const said = useSignal('');
  const title = one.title ?? t.chat.untitled;
  const name = isNamed ? title : t.shares.made(inFull(one.createdAt));
  const isOver = one.expiresAt !== null && Date.parse(one.expiresAt) <= Date.now();
  const ends = one.expiresAt === null ? t.shares.noExpiry : isOver ? t.shares.expired(onDay(one.expiresAt)) : t.shares.expires(onDay(one.expiresAt));
  const act = (/** @type {() => Promise<void>} */ work) => () => { said.value = ''; attempt(work); };
  const bring = act(async () => { await refresh(one.id); said.value = t.shares.refreshed; });
  return html`<li class="row share-row"><div class="row-main">
      <p class="row-name">${isNamed ? html`<a href="/chat/${encodeURIComponent(one.conversationId)}">${title}</a>` : name}</p>
      <p class="row-facts">${isNamed && html`<span>${t.shares.made(ago(one.createdAt))}</span>`}${one.updatedAt !== one.createdAt && html`<span>${t.shares.updated(ago(one.updatedAt))}</span>`}<span class=${isOver ? 'is-bad' : ''}>${ends}</span></p>
      ${sure.value && html`<p class="row-why">${t.shares.endText}</p>`}
      ${fault.value ? html`<${Fault} fault=${fault.value} />` : null}
      <p class="row-said" role="status">${said.value}</p></div>
    <div class="row-acts">${sure.value
      ? html`<${Button} kind="danger" busy=${busy.value} onClick=${act(() => end(one.id))} aria-label=${t.shares.endLabel(name)}>${t.shares.end}<//>
          <${Button} kind="link" onClick=${() => { sure.value = false; }}>${t.cancel}<//>`
      : html`${!isOver && html`<${Button} busy=${busy.value} onClick=${bring} aria-label=${t.shares.refreshLabel(name)} title=${t.shares.refreshHint}>${t.shares.refresh}<//>`}
          <${Button} onClick=${() => { sure.value = true; }} aria-label=${t.shares.endLabel(name)}>${t.shares.end}<//>`}</div></li>`;
}
