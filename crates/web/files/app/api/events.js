// Server-sent events out of a body that is still coming.

import { ApiError } from './error.js';

/** @typedef {{ id: string | null, event: string, data: any }} ServerEvent */

/** One event out of its lines; `null` for a comment. @param {string} text @returns {ServerEvent | null} */
export function parsed(text) {
  let [id, event] = [/** @type {string | null} */ (null), 'message'];
  const data = [];
  for (const line of text.split('\n')) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return data.length > 0 ? { id, event, data: JSON.parse(data.join('\n')) } : null;
}

/** Each event as it comes. A body that ends in the middle is the server's going away. @param {Response} answer */
export async function* events(answer) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((fault) => {
        throw fault?.name === 'AbortError' ? fault : ApiError.unreachable();
      });
      if (done) return;
      const pieces = (rest + value.replaceAll('\r', '')).split('\n\n');
      rest = pieces.pop() ?? '';
      for (const piece of pieces) {
        const event = parsed(piece);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
