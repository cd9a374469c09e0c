// A shared conversation, for whoever has its link: to read, without an account.

import { ApiError, call } from '../api.js';
import { Markdown } from '../chat/markdown-view.js';
import { nameOf } from '../chat/models.js';
import { Sources, grouped } from '../chat/parts.js';
import { Attachment } from '../chat/picture.js';
import { place } from '../router.js';
import { useAttempt } from '../ui/attempt.js';
import { Button, CopyButton } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { Fault } from '../ui/notice.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { at, inFull, onDay } from '../ui/time.js';
import { t } from '../strings/index.js';

/** @typedef {{ title: string | null, sharedAt: string, items: any[], nextCursor: string | null }} Shared */

export function SharedPage() {
  const token = place.value?.hash ?? '';
  const shared = useSignal(/** @type {Shared | null} */ (null));
  const { busy, fault, attempt } = useAttempt();
  const read = () => attempt(async () => {
    const before = shared.value;
    if (!token) throw new ApiError({ code: 'not_found' });
    const page = await call('shared', { params: { token }, query: { cursor: before?.nextCursor }, anonymous: true });
    if (token === place.peek()?.hash) shared.value = { ...page, items: [...(before?.items ?? []), ...page.items] };
  });
  useEffect(() => { shared.value = null; read(); }, [token]);
  const title = shared.value?.title ?? t.shared.title;
  useEffect(() => { document.title = t.title(title); }, [title]);
  const isGone = fault.value instanceof ApiError && fault.value.code === 'not_found';
  return html`<div class="shared">
    <header class="gate-head"><a class="brand" href="/"><${Icon} name="key" />${t.name}</a></header>
    <main class="column">
      ${isGone ? html`<h1>${t.shared.gone}</h1><p class="lead">${t.shared.goneText}</p>`
        : shared.value ? html`<h1>${title}</h1><p class="lead">${t.shared.lead(onDay(shared.value.sharedAt))}</p>
            <div class="shared-messages">${shared.value.items.map((message, index) => html`<${Message} key=${index} message=${message} />`)}</div>
            ${shared.value.nextCursor && html`<p class="more"><${Button} busy=${busy.value} onClick=${read}>${t.chat.more}<//></p>`}`
        : !fault.value && html`<h1 class="unseen">${t.shared.title}</h1><div class="skeleton" role="status"><span class="unseen">${t.loading}</span></div>`}
      ${fault.value && !isGone ? html`${!shared.value && html`<h1 class="unseen">${t.shared.title}</h1>`}<${Fault} fault=${fault.value} onRetry=${read} />` : null}
      <footer class="shared-foot"><p>${t.shared.foot}</p><a class="button plain" href="/">${t.shared.start}</a></footer>
    </main></div>`;
}

/** @param {{ message: any }} props */
function Message({ message }) {
  const isQuestion = message.role === 'user';
  const { parts, sources } = grouped(message.content);
  const pictures = message.content.filter((/** @type {any} */ block) => block.type === 'image');
  const texts = parts.filter((part) => part.kind === 'text');
  const leftOut = message.leftOut.map((/** @type {string} */ kind) => t.shared.kinds[/** @type {keyof typeof t.shared.kinds} */ (kind)] ?? t.shared.kinds.other);
  return html`<article class="message ${isQuestion ? 'question' : 'answer'}" data-last aria-label=${isQuestion ? t.shared.question : t.chat.claude}>
    ${pictures.length > 0 && html`<div class="attachments">${pictures.map((/** @type {any} */ block, /** @type {number} */ index) => html`<${Attachment} key=${index} block=${block} />`)}</div>`}
    ${isQuestion ? message.text && html`<div class="bubble">${message.text}</div>` : texts.map((part) => html`<${Markdown} key=${part.at} text=${part.text} sources=${sources} />`)}
    ${!isQuestion && html`<${Sources} sources=${sources} />`}
    ${leftOut.length > 0 && html`<p class="ending"><${Icon} name="file" />${t.shared.leftOut([...new Set(leftOut)])}</p>`}
    ${!isQuestion && html`<footer class="message-foot"><div class="message-actions">${message.text && html`<${CopyButton} text=${() => message.text} label=${t.message.copy} />`}</div>
      <p class="receipt">${message.model && html`${nameOf(message.model)} · `}<time datetime=${message.createdAt} title=${inFull(message.createdAt)}>${at(message.createdAt)}</time></p></footer>`}
  </article>`;
}
