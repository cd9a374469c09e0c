// Follows the text only while the reader is at its end.

import { useEffect, useLayoutEffect, useRef, useSignal } from '../ui/preact.js';
import { usePart } from './part.js';

const NEAR_PX = 48;

/** Keeps the end in view while the reader is there; says whether they are away from it, and whether something came meanwhile. @param {import('./thread.js').Thread} thread */
export function useFollowing(thread) {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const content = useRef(/** @type {HTMLElement | null} */ (null));
  const follows = useRef(true);
  const last = useRef(0);
  const isAway = useSignal(false);
  const hasMore = useSignal(false);
  const part = usePart(thread, frame);
  const isBelow = () => frame.current !== null && (part.below > 0 || frame.current.scrollHeight - frame.current.scrollTop - frame.current.clientHeight >= NEAR_PX);

  const toEnd = () => {
    if (!frame.current) return;
    follows.current = true;
    isAway.value = false;
    hasMore.value = false;
    part.reset();
    frame.current.scrollTop = frame.current.scrollHeight;
  };
  const scrolled = () => {
    const at = frame.current;
    if (!at) return;
    // Growing text moves nothing up: only the reader does.
    const isNear = !isBelow();
    if (isNear || at.scrollTop < last.current) follows.current = isNear;
    last.current = at.scrollTop;
    isAway.value = !follows.current;
    if (follows.current) hasMore.value = false;
    if (!follows.current) part.look();
  };
  useLayoutEffect(toEnd, [thread, thread.items.value.at(-1)?.key]);
  useEffect(() => {
    if (!content.current || !frame.current) return undefined;
    const grown = new ResizeObserver(() => {
      if (follows.current) {
        if (frame.current) frame.current.scrollTop = frame.current.scrollHeight;
        return;
      }
      isAway.value = isBelow();
      hasMore.value = isAway.value && (hasMore.value || thread.running.peek() !== null);
    });
    grown.observe(content.current);
    grown.observe(frame.current);
    return () => grown.disconnect();
  }, [content.current, thread]);
  /** Brings a part into view, where it stays; of a long one the place in it. @param {Element} message @param {Range | undefined} within */
  const toPart = (message, within) => {
    follows.current = false;
    message.scrollIntoView({ block: 'start' });
    if (message instanceof HTMLElement) message.focus({ preventScroll: true });
    if (!within || !frame.current) return;
    const { top, height } = frame.current.getBoundingClientRect();
    const below = within.getBoundingClientRect().bottom - (top + height * 0.75);
    if (below > 0) frame.current.scrollTop += below + height / 4;
  };
  return { frame, content, part, isAway, hasMore, toEnd, toPart, scrolled };
}
