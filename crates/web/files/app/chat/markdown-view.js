// Markdown that grows: what is complete is laid out once and never touched again, only the last block is open.

import { html, useLayoutEffect, useRef } from '../ui/preact.js';
import { cite } from './cite.js';
import { colour, frame } from './code.js';
import { blocks, hasDefinitions, lexed, nodes } from './markdown.js';
import { typeset } from './maths.js';

class View {
  #closed = '';
  #tokens = /** @type {any[]} */ ([]);
  #open;
  #sources = /** @type {import('./parts.js').Source[]} */ ([]);

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.#open = document.createElement('div');
    this.#open.className = 'block';
    root.append(this.#open);
  }

  /**
   * Shows a text, which mostly is the one before with something at its end.
   * @param {string} text @param {boolean} isOpen @param {import('./parts.js').Source[]} sources
   */
  update(text, isOpen, sources) {
    this.#sources = sources;
    if (!text.startsWith(this.#closed)) this.#clear();
    const tokens = lexed(text.slice(this.#closed.length));
    // What comes next can still change the last block, and the space after it.
    const last = isOpen ? tokens.findLastIndex((token) => token.type !== 'space') : tokens.length;
    const complete = tokens.slice(0, Math.max(0, last));
    this.#closed += complete.map((token) => token.raw).join('');
    this.#append(complete.filter((token) => token.type !== 'space'));
    if (!isOpen && hasDefinitions(this.#tokens)) return this.#again();
    const rest = tokens.slice(complete.length);
    this.#open.replaceChildren(nodes(rest));
    for (const pre of this.#open.querySelectorAll('pre')) frame(pre);
    cite(this.#open, sources);
    this.#open.hidden = rest.length === 0;
    return undefined;
  }

  /** @param {any[]} tokens */
  #append(tokens) {
    if (tokens.length === 0) return;
    this.#tokens.push(...tokens);
    const made = blocks(tokens);
    this.#open.before(...made);
    for (const block of made) this.#decorate(block);
  }

  /** @param {Element} block */
  #decorate(block) {
    for (const pre of block.querySelectorAll('pre')) { frame(pre); colour(pre); }
    for (const place of block.querySelectorAll('.maths')) typeset(/** @type {HTMLElement} */ (place));
    cite(block, this.#sources);
  }

  /** A definition at the end can complete links above it: then all is laid out once more. */
  #again() {
    const text = this.#closed;
    this.#clear();
    this.#closed = text;
    const whole = document.createElement('div');
    whole.className = 'block';
    whole.append(nodes(lexed(text)));
    this.#open.before(whole);
    this.#decorate(whole);
    this.#open.hidden = true;
  }

  #clear() {
    this.#closed = '';
    this.#tokens = [];
    this.root.replaceChildren(this.#open);
  }
}

/** @type {import('./parts.js').Source[]} */
const NO_SOURCES = [];

/** @param {{ text: string, open?: boolean, sources?: import('./parts.js').Source[] }} props */
export function Markdown({ text, open = false, sources = NO_SOURCES }) {
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  const view = useRef(/** @type {View | null} */ (null));
  useLayoutEffect(() => {
    if (!root.current) return;
    view.current ??= new View(root.current);
    view.current.update(text, open, sources);
  }, [text, open]);
  return html`<div class="markdown" ref=${root}></div>`;
}
