// Dialogs: the browser's own, which keep focus and answer Esc by themselves.

import { html, useId, useLayoutEffect, useRef } from './preact.js';
import { IconButton } from './controls.js';
import { t } from '../strings/index.js';

/** @param {{ title: string, onClose: () => void, children?: any, wide?: boolean }} props */
export function Dialog({ title, onClose, children, wide = false }) {
  const id = useId();
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
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
