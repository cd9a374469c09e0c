// The order in which keys are used: changed by menu, by keyboard, or by dragging a row.

import { html, useRef, useSignal } from '../ui/preact.js';
import { Icon } from '../ui/icons.js';
import { t } from '../strings/index.js';
import { keys, order } from './state.js';

/** The list with one of its members at another place. @param {string[]} ids @param {string} id @param {number} place */
const moved = (ids, id, place) => ids.filter((one) => one !== id).toSpliced(place, 0, id);

/** @param {{ onFault: (fault: unknown) => void }} props */
export function useOrder({ onFault }) {
  const said = useSignal('');
  const dragged = useRef(/** @type {string | null} */ (null));
  /** Where the dragged row would land. */
  const target = useSignal(/** @type {{ id: string, isAfter: boolean } | null} */ (null));

  const put = async (/** @type {string} */ id, /** @type {number} */ place) => {
    const ids = (keys.value ?? []).map((one) => one.id);
    if (place < 0 || place >= ids.length || ids[place] === id) return;
    const name = keys.value?.find((one) => one.id === id)?.name ?? '';
    try {
      const isDone = order(moved(ids, id, place));
      // A row that changes its place loses the focus.
      requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${id}"] button`))?.focus());
      await isDone;
      said.value = t.keys.moved(name, place + 1, ids.length);
    } catch (fault) {
      said.value = '';
      onFault(fault);
    }
  };
  const placeOf = (/** @type {string} */ id) => (keys.value ?? []).findIndex((one) => one.id === id);
  const move = (/** @type {string} */ id, /** @type {number} */ by) => put(id, placeOf(id) + by);

  /** What a row listens to. @param {string} id */
  const row = (id) => ({
    'data-drop': target.value?.id === id ? (target.value.isAfter ? 'after' : 'before') : null,
    onKeyDown: (/** @type {KeyboardEvent} */ event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by || !event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      move(id, by);
    },
    onDragOver: (/** @type {DragEvent} */ event) => {
      if (!dragged.current || !(event.currentTarget instanceof Element)) return;
      event.preventDefault();
      const { top, height } = event.currentTarget.getBoundingClientRect();
      target.value = { id, isAfter: event.clientY > top + height / 2 };
    },
    onDrop: (/** @type {Event} */ event) => {
      if (!dragged.current || !target.value) return;
      event.preventDefault();
      const [from, to] = [placeOf(dragged.current), placeOf(id) + (target.value.isAfter ? 1 : 0)];
      put(dragged.current, to > from ? to - 1 : to);
    },
  });

  /** What a row is dragged by. @param {string} id */
  const grip = (id) => html`<span class="grip" draggable="true" aria-hidden="true" title=${t.keys.drag}
    onDragStart=${(/** @type {DragEvent} */ event) => {
      dragged.current = id;
      const whole = event.target instanceof Element ? event.target.closest('li') : null;
      if (whole && event.dataTransfer) {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setDragImage(whole, 0, 0);
      }
    }}
    onDragEnd=${() => { dragged.current = null; target.value = null; }}><${Icon} name="grip" /></span>`;

  return { move, row, grip, said: html`<p class="unseen" role="status">${said.value}</p>` };
}
