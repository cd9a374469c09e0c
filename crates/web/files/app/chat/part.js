// Of a long conversation only the part around the reader is in the page. It grows where they go, and goes where they come from.

import { useLayoutEffect, useRef, useSignal } from '../ui/preact.js';

/** So many messages come first, and with each step. */
const STEP = 8;
/** So many are there in any case: the browser's own search finds what is in the page. */
const FULL = 48;
/** No more than these are in the page. */
const MOST = 96;
/** So near an edge of the part the next step comes. */
const NEAR_PX = 1_500;

/**
 * @param {import('./thread.js').Thread} thread
 * @param {{ current: HTMLElement | null }} frame what scrolls
 * @returns what is shown is `from` to `to`; `below` says how many messages stand under it
 */
export function usePart(thread, frame) {
  // Counted from the end, so that older messages can come without a change.
  const below = useSignal(0);
  const size = useSignal(STEP);
  const held = useRef(/** @type {{ message: Element, top: number } | null} */ (null));
  const next = useRef(0);
  const isReading = useRef(false);
  const count = thread.items.value.length;
  const lastKey = thread.items.value.at(-1)?.key;
  const seen = useRef({ count, lastKey });
  // What is added at the end pushes nothing out at the top.
  if (seen.current.lastKey !== lastKey && count > seen.current.count && seen.current.count > 0) size.value = Math.min(size.peek() + count - seen.current.count, MOST);
  seen.current = { count, lastKey };

  /** Remembers where the reader is, for after the change. */
  const hold = () => {
    const top = frame.current?.getBoundingClientRect().top ?? 0;
    for (const message of frame.current?.querySelectorAll('.message') ?? []) {
      const box = message.getBoundingClientRect();
      if (box.bottom > top) {
        held.current = { message, top: box.top };
        return;
      }
    }
  };
  const readOlder = async () => {
    if (isReading.current) return;
    isReading.current = true;
    await thread.loadOlder().catch((error) => { thread.fault.value = { error }; });
    isReading.current = false;
  };
  const step = () => {
    next.current = 0;
    const at = frame.current;
    if (!at) return;
    const all = thread.items.peek().length;
    const above = all - below.peek() - size.peek();
    if (above <= 0 && below.peek() === 0 && !thread.older.peek()) return;
    if (above > 0 && (at.scrollTop < NEAR_PX || size.peek() < FULL)) {
      hold();
      const grown = Math.min(size.peek() + STEP, all - below.peek());
      below.value += Math.max(0, grown - MOST);
      size.value = Math.min(grown, MOST);
    } else if (at.scrollTop < NEAR_PX && thread.older.peek() && thread.fault.peek() === null) {
      readOlder();
    } else if (below.peek() > 0 && at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX) {
      hold();
      below.value = Math.max(0, below.peek() - STEP);
    }
  };
  /** Looks whether the part has to change; one step in each frame. */
  const look = () => { next.current ||= requestAnimationFrame(step); };

  useLayoutEffect(() => {
    const { message, top } = held.current ?? {};
    held.current = null;
    if (message?.isConnected && frame.current && top !== undefined) frame.current.scrollTop += message.getBoundingClientRect().top - top;
    look();
  }, [below.value, size.value, count]);

  /** Goes back to the end. */
  const reset = () => {
    if (below.peek() > 0) size.value = 2 * STEP;
    below.value = 0;
  };
  /** Brings a message into the page. @param {string} messageId */
  const reveal = (messageId) => {
    const items = thread.items.peek();
    const place = items.findIndex((item) => item.message.peek().id === messageId);
    if (place === -1) return;
    below.value = Math.max(0, items.length - place - STEP);
    size.value = Math.min(2 * STEP, items.length - below.peek());
  };
  const to = count - Math.min(below.value, count);
  return { from: Math.max(0, to - size.value), to, below: below.value, look, reset, reveal };
}
