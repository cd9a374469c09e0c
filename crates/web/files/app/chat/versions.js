// ‹ 2 / 3 ›: the versions of a message that edits and reruns made.

import { IconButton } from '../ui/controls.js';
import { html } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** @param {{ message: any, thread: import('./thread.js').Thread }} props */
export function Versions({ message, thread }) {
  const { index, count, previousId, nextId } = message.siblings ?? {};
  if (!(count > 1) || (previousId === undefined && nextId === undefined)) return null;
  // An answer that is being written would go on where nobody sees it.
  const isWritten = thread.running.value !== null;
  const show = (/** @type {string | null} */ id, /** @type {number} */ place) => async () => {
    if (!id || isWritten) return;
    await thread.showVersion(id);
    await new Promise(requestAnimationFrame);
    // The version that came is another message, where one goes on through them.
    const came = document.querySelector(`[data-message="${CSS.escape(id)}"]`);
    came?.scrollIntoView({ block: 'nearest' });
    /** @type {HTMLElement | undefined} */ (came?.querySelectorAll('.versions button')[place])?.focus({ preventScroll: true });
  };
  return html`<span class="versions">
    <${IconButton} icon="left" label=${t.message.previous} aria-disabled=${previousId && !isWritten ? null : true} onClick=${show(previousId, 0)} />
    <span aria-live="polite">${t.message.versions(index + 1, count)}</span>
    <${IconButton} icon="right" label=${t.message.next} aria-disabled=${nextId && !isWritten ? null : true} onClick=${show(nextId, 1)} />
  </span>`;
}
