// Menus: a button, and what it opens in the browser's top layer.

import { html, useId, useLayoutEffect, useRef, useSignal } from './preact.js';
import { Icon } from './icons.js';

/** @typedef {{ words: string, icon?: any, hint?: string, danger?: boolean, checked?: boolean, onChoose: () => void }} Item */

const GAP = 4;
const EDGE = 8;

/** Puts the menu beside its button, on the side where there is room. @param {HTMLElement} menu @param {HTMLElement} button @param {boolean} above */
function put(menu, button, above) {
  const { top, bottom, left, right } = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const fitsBelow = bottom + GAP + height <= innerHeight - EDGE;
  const y = above || !fitsBelow ? top - GAP - height : bottom + GAP;
  const x = left + width <= innerWidth - EDGE ? left : right - width;
  menu.style.top = `${Math.max(EDGE, y)}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
}

/**
 * @param {{ label: string, items: Item[], class?: string, children?: any, above?: boolean, id?: string, showsLabel?: boolean }} props
 * `children` is what the button shows; without `showsLabel` its name is `label`.
 */
export function Menu({ label, items, class: more = 'icon-button', children, above = false, showsLabel = false, ...rest }) {
  const id = useId();
  const open = useSignal(false);
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const menu = useRef(/** @type {HTMLElement | null} */ (null));

  const toggled = (/** @type {any} */ event) => { open.value = event.newState === 'open'; };
  // Once its items are there it has a size.
  useLayoutEffect(() => {
    if (!open.value || !menu.current || !button.current) return;
    put(menu.current, button.current, above);
    /** @type {HTMLElement | null} */ (menu.current.querySelector('[aria-checked="true"]') ?? menu.current.querySelector('button'))?.focus();
  }, [open.value]);
  const move = (/** @type {KeyboardEvent} */ event) => {
    const all = [...(menu.current?.querySelectorAll('button') ?? [])];
    const now = all.indexOf(/** @type {any} */ (document.activeElement));
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab') menu.current?.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };
  const choose = (/** @type {Item} */ item) => {
    menu.current?.hidePopover();
    button.current?.focus();
    item.onChoose();
  };
  return html`
    <button ref=${button} type="button" class=${more} popovertarget=${id} aria-haspopup="menu" aria-expanded=${open.value}
      aria-label=${showsLabel ? null : label} title=${label} ...${rest}>${children ?? html`<${Icon} name="more" />`}</button>
    <div ref=${menu} id=${id} popover="auto" role="menu" aria-label=${label} class="menu" onToggle=${toggled} onKeyDown=${move}>
      ${open.value && items.map((item) => html`<button type="button" role=${item.checked === undefined ? 'menuitem' : 'menuitemradio'}
        aria-checked=${item.checked ?? null} class=${item.danger ? 'danger' : ''} onClick=${() => choose(item)}>
        ${item.icon && html`<${Icon} name=${item.icon} />`}
        <span class="menu-words">${item.words}${item.hint && html`<small>${item.hint}</small>`}</span>
        ${item.checked && html`<${Icon} name="check" />`}</button>`)}
    </div>`;
}
