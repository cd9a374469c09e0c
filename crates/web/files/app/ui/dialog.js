// Dialogs: the browser's own, which keep focus and answer Esc by themselves.

import { html, useId, useLayoutEffect, useRef } from './preact.js';
import { IconButton } from './controls.js';
import { t } from '../strings/index.js';

const FOCUSABLE = 'a[href], button, input, textarea, select, [tabindex]';

/** Where the focus goes when what has it now will be gone: to what is nearest. */
function wayBack() {
  /** @type {Element[]} */
  const around = [];
  for (let one = document.activeElement; one; one = one.parentElement) around.push(one);
  return () => {
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return;
    for (const one of around) {
      const next = !one.isConnected || one === document.body ? null : one.matches(FOCUSABLE) ? one : one.querySelector(FOCUSABLE);
      if (next instanceof HTMLElement) next.focus();
      if (document.activeElement === next) return;
    }
  };
}

/** @param {{ title: string, onClose: () => void, children?: any, wide?: boolean }} props */
export function Dialog({ title, onClose, children, wide = false }) {
  const id = useId();
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const one = dialog.current;
    const back = wayBack();
    one?.showModal();
    // The browser gives the focus back while the dialog is closed, not when it is gone.
    return () => { one?.close(); requestAnimationFrame(back); };
  }, []);
  return html`<dialog ref=${dialog} class=${wide ? 'wide' : ''} aria-labelledby=${id}
    onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); onClose(); }}
    onMouseDown=${(/** @type {Event} */ event) => { if (event.target === dialog.current) onClose(); }}>
    <div class="dialog-body">
      <header><h2 id=${id}>${title}</h2><${IconButton} icon="close" label=${t.close} onClick=${onClose} /></header>
      ${children}
    </div>
  </dialog>`;
}
