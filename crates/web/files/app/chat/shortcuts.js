// Keys that do something anywhere in the chat.

import { navigate } from '../router.js';
import { Dialog } from '../ui/dialog.js';
import { html, useEffect } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { railOpen } from './rail.js';

const isWriting = (/** @type {EventTarget | null} */ target) => target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** Hears each key that nothing in the page has taken, and that isn't meant for something on top of it. @param {(event: KeyboardEvent) => void} take */
function useKeys(take) {
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (!event.defaultPrevented && !document.querySelector('dialog[open], [popover]:popover-open')) take(event);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  });
}

/** Stops the answer wherever the focus is. @param {() => void} stop */
export function useEscape(stop) {
  useKeys((event) => { if (event.key === 'Escape') stop(); });
}

/** @param {{ help: () => void, stop: () => void }} acts */
export function useShortcuts({ help, stop }) {
  useEscape(stop);
  useKeys((event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      railOpen.value = true;
      const focus = () => document.getElementById('search')?.focus();
      focus();
      // Where the rail was closed it comes first.
      requestAnimationFrame(focus);
    } else if (command && event.shiftKey && event.key.toLowerCase() === 'o') {
      event.preventDefault();
      navigate('/chat');
    } else if (event.key === '?' && !isWriting(event.target)) {
      event.preventDefault();
      help();
    }
  });
}

/** @param {{ onClose: () => void }} props */
export function Shortcuts({ onClose }) {
  return html`<${Dialog} title=${t.shortcuts.title} onClose=${onClose}><dl class="shortcuts">
    ${t.shortcuts.items.map(([keys, does]) => html`<div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>`)}
  </dl><//>`;
}
