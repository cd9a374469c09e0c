// What a search found: the words around it in the list, and the way to the message that has them.

import { place } from '../router.js';
import { html, useEffect } from '../ui/preact.js';
import { conversations } from './list.js';

/** The address of what was found. @param {import('./list.js').Conversation} one */
export const addressOf = ({ id, found }) => `/chat/${encodeURIComponent(id)}${found?.messageId ? `?message=${encodeURIComponent(found.messageId)}` : ''}`;

/** Words with the hits among them marked. @param {{ snippet: import('./list.js').Found['snippet'] }} props */
export const Snippet = ({ snippet }) => snippet.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text));

/** Reads on upwards until the message is there; one on a hidden branch brings its branch. @param {import('./thread.js').Thread} thread @param {string} messageId */
async function bring(thread, messageId) {
  const isThere = () => thread.items.value.some((item) => item.message.value.id === messageId);
  const readUpwards = async () => { while (!isThere() && thread.older.value) await thread.loadOlder(); };
  await readUpwards();
  if (isThere()) return;
  await thread.showVersion(messageId);
  await readUpwards();
}

/** Marks words in an element without touching it: its text may be laid out again at any time. Gives the first of them. @param {Element | null} element @param {Set<string>} words */
function mark(element, words) {
  const ranges = [];
  const walker = document.createTreeWalker(element ?? document.createElement('p'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.textContent ?? '').toLowerCase();
    for (const word of words) {
      for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
        // Some letters change their number with their case.
        if (at + word.length > (node.textContent ?? '').length) break;
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  if ('highlights' in CSS) CSS.highlights.set('found', new Highlight(...ranges));
  return ranges[0];
}

/** The words that were found in a conversation, as they stand there. @param {string} id */
function hitsIn(id) {
  const snippet = conversations.peek()?.find((one) => one.id === id)?.found?.snippet ?? [];
  return new Set(snippet.filter((part) => part.hit && part.text).map((part) => part.text.toLowerCase()));
}

/** Shows the message that the address names. @param {import('./thread.js').Thread} thread @param {(messageId: string) => void} reveal puts it into the page
 *  @param {(message: Element, hit: Range | undefined) => void} show */
export function useFound(thread, reveal, show) {
  const here = place.value;
  const messageId = here?.query.get('message') ?? null;
  useEffect(() => {
    if (messageId === null || here?.params.id !== thread.id) return undefined;
    let isLeft = false;
    const go = async () => {
      await bring(thread, messageId);
      if (!isLeft) reveal(messageId);
      // What has just been read is laid out first.
      await new Promise(requestAnimationFrame);
      const message = isLeft ? null : document.querySelector(`[data-message="${CSS.escape(messageId)}"]`);
      if (!message) return;
      show(message, mark(message, hitsIn(thread.id)));
    };
    go().catch((error) => { thread.fault.value = { error }; });
    return () => { isLeft = true; mark(null, new Set()); };
  }, [here, thread]);
}
