// Follows the text only while the reader is at its end.

import { useEffect, useLayoutEffect, useRef, useSignal } from '../ui/preact.js';

const NEAR_PX = 48;

/** Keeps the end in view while the reader is there; says whether there is more below. @param {unknown[]} jumps what brings the reader to the end */
export function useFollowing(jumps) {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const content = useRef(/** @type {HTMLElement | null} */ (null));
  const follows = useRef(true);
  const last = useRef(0);
  const hasMore = useSignal(false);

  const toEnd = () => {
    if (!frame.current) return;
    follows.current = true;
    hasMore.value = false;
    frame.current.scrollTop = frame.current.scrollHeight;
  };
  const scrolled = () => {
    const at = frame.current;
    if (!at) return;
    // Growing text moves nothing up: only the reader does.
    const isNear = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX;
    if (isNear || at.scrollTop < last.current) follows.current = isNear;
    last.current = at.scrollTop;
    if (follows.current) hasMore.value = false;
  };
  const isBelow = () => frame.current !== null && frame.current.scrollHeight - frame.current.scrollTop - frame.current.clientHeight >= NEAR_PX;
  useLayoutEffect(toEnd, jumps);
  useEffect(() => {
    if (!content.current || !frame.current) return undefined;
    const grown = new ResizeObserver(() => {
      if (follows.current) toEnd();
      else hasMore.value = isBelow();
    });
    grown.observe(content.current);
    grown.observe(frame.current);
    return () => grown.disconnect();
  }, [content.current]);
  /** Brings a part into view, where it stays; of a long one the place in it. @param {Element} part @param {Range | undefined} within */
  const toPart = (part, within) => {
    follows.current = false;
    part.scrollIntoView({ block: 'start' });
    if (part instanceof HTMLElement) part.focus({ preventScroll: true });
    if (!within || !frame.current) return;
    const { top, height } = frame.current.getBoundingClientRect();
    const below = within.getBoundingClientRect().bottom - (top + height * 0.75);
    if (below > 0) frame.current.scrollTop += below + height / 4;
  };
  return { frame, content, hasMore, toEnd, toPart, scrolled };
}
