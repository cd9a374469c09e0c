// Work that would keep the page busy is done in turns: some of it in each frame, so that scrolling and typing come in between.

/** So long a frame may be busy with it. */
const FRAME_MS = 8;

/** @type {Set<() => boolean>} */
const waiting = new Set();
let frame = 0;

function run() {
  frame = 0;
  const end = performance.now() + FRAME_MS;
  for (const work of waiting) {
    // Each is at it until it is done or the time is over.
    while (work()) if (performance.now() > end) return again();
    waiting.delete(work);
    if (performance.now() > end) return again();
  }
  return undefined;
}

function again() {
  if (waiting.size > 0) frame ||= requestAnimationFrame(run);
}

/** Does a piece of work with each turn, as long as there is more. @param {() => boolean} work does a piece, and says whether there is more */
export function inTurns(work) {
  waiting.add(work);
  again();
}
