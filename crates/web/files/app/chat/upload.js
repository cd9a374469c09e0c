// How far a message with large files is on its way to the server.

import { html } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** @typedef {import('./thread.js').Thread} Thread */

const MB = 1024 * 1024;
/** What has less is there before anybody could read how far it is. */
const LARGE = MB / 2;

/** Who hears how far a message is; nobody for a small one. @param {Thread} thread @param {any[]} content */
export function onSentFor(thread, content) {
  const size = content.reduce((sum, block) => sum + (block.source?.data?.length ?? 0), 0);
  if (size < LARGE) return undefined;
  return (/** @type {number} */ done, /** @type {number} */ whole) => { thread.upload.value = done < whole ? { done, whole } : null; };
}

/** @param {{ thread: Thread }} props */
export function Upload({ thread }) {
  const now = thread.upload.value;
  if (now === null) return null;
  const words = t.composer.sent((now.done / MB).toFixed(1), (now.whole / MB).toFixed(1));
  return html`<p class="upload"><progress aria-label=${t.composer.sending} max=${now.whole} value=${now.done} />${words}</p>`;
}
