// What the person wrote: as it was written, not as markdown.

import { CopyButton, IconButton } from '../ui/controls.js';
import { html } from '../ui/preact.js';
import { at, inFull } from '../ui/time.js';
import { t } from '../strings/index.js';
import { edit as beginEdit } from './edit.js';
import { Attachment } from './picture.js';
import { Upload } from './upload.js';
import { Versions } from './versions.js';

/** @param {{ item: import('./thread.js').Item, thread: import('./thread.js').Thread }} props */
export function Question({ item, thread }) {
  const message = item.message.value;
  const text = message.content.filter((/** @type {any} */ block) => block.type === 'text').map((/** @type {any} */ block) => block.text).join('\n');
  const others = message.content.filter((/** @type {any} */ block) => block.type !== 'text');
  const edit = () => beginEdit(thread, message);
  return html`<article class="message question" aria-label=${t.chat.you} data-status=${message.status} data-message=${message.id} tabindex="-1">
    ${others.length > 0 && html`<div class="attachments">${others.map((/** @type {any} */ block, /** @type {number} */ place) => html`<${Attachment} key=${place} block=${block} />`)}</div>`}
    ${text && html`<div class="bubble">${text}</div>`}
    ${message.status === 'sending' && html`<${Upload} thread=${thread} />`}
    <footer class="message-foot">
      <p class="receipt"><time datetime=${message.createdAt} title=${inFull(message.createdAt)}>${at(message.createdAt)}</time></p>
      <div class="message-actions">
        ${text && html`<${CopyButton} text=${() => text} label=${t.message.copy} />`}
        ${message.id && !thread.isAnonymous && !thread.running.value && html`<${IconButton} icon="edit" label=${t.message.edit} onClick=${edit} />`}
        <${Versions} message=${message} thread=${thread} />
      </div>
    </footer>
  </article>`;
}
