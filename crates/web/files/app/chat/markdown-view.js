// Markdown that grows: what is complete is laid out once and never touched again, only the last block is open.

import { html, useLayoutEffect, useRef } from '../ui/preact.js';
import { cite } from './cite.js';
import { colour, frame } from './code.js';
import { Growing } from './growing.js';
import { blocks, hasDefinitions, lexed, nodes } from './markdown.js';
import { typeset } from './maths.js';
import { inTurns } from './turns.js';

/** So much text is read at once. */
const PIECE = 3_000;
/** A step that takes longer isn't taken with each frame. */
const SLOW_MS = 12;

class View {
  #closed = '';
  #tokens = /** @type {any[]} */ ([]);
  #open;
  #sources = /** @type {import('./parts.js').Source[]} */ ([]);
  #text = '';
  #isOpen = false;
  /** The last block, when it is a long one. @type {Growing | null} */
  #growing = null;
  #size = PIECE;
  #notBefore = 0;

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
    this.#text = text;
    this.#isOpen = isOpen;
    if (!text.startsWith(this.#closed)) this.#clear();
    // A text that takes long to show is shown less often, until it is complete.
    if (isOpen && performance.now() < this.#notBefore) return inTurns(this.#later);
    if (this.#step()) inTurns(this.#more);
    return undefined;
  }

  #more = () => this.root.isConnected && this.#step();

  #later = () => {
    if (performance.now() < this.#notBefore) setTimeout(() => inTurns(this.#more), this.#notBefore - performance.now());
    else if (this.root.isConnected && this.#step()) inTurns(this.#more);
    return false;
  };

  /** Shows a piece of the text; says whether there is more of it. */
  #step() {
    const began = performance.now();
    const rest = this.#text.slice(this.#closed.length);
    const piece = rest.slice(0, this.#size);
    const isEnd = piece.length === rest.length;
    const closed = this.#closed.length;
    this.#show(piece, this.#isOpen || !isEnd, isEnd);
    const took = performance.now() - began;
    this.#notBefore = took > SLOW_MS ? began + took * 4 : 0;
    // One block may be longer than a piece.
    this.#size = this.#closed.length > closed ? PIECE : isEnd ? Math.max(PIECE, rest.length + PIECE) : this.#size * 2;
    return !isEnd;
  }

  /** @param {string} piece @param {boolean} isOpen whether its end can still change @param {boolean} isEnd whether it is all there is @returns {void} */
  #show(piece, isOpen, isEnd) {
    let tokens = lexed((this.#growing?.head ?? '') + piece);
    if (this.#growing) {
      const isOver = !isOpen || tokens.slice(1).some((token) => token.type !== 'space');
      const raw = this.#growing.grow(tokens[0], !isOver);
      this.#closed += raw ?? '';
      if (isOver || raw === null) this.#growing = null;
      if (raw === null) return this.#show(piece, isOpen, isEnd);
      if (!isOver) return this.#empty();
      tokens = tokens.slice(1);
    }
    // What comes next can still change the last block, and the space after it.
    const last = isOpen ? tokens.findLastIndex((token) => token.type !== 'space') : tokens.length;
    const complete = tokens.slice(0, Math.max(0, last));
    this.#closed += complete.map((token) => token.raw).join('');
    this.#append(complete.filter((token) => token.type !== 'space'));
    if (!isOpen && hasDefinitions(this.#tokens)) return this.#again();
    const rest = tokens.slice(complete.length);
    const begun = isOpen ? Growing.of(rest[0], this.#insert, this.#decorate) : null;
    if (begun) {
      this.#growing = begun.growing;
      this.#closed += begun.raw;
      return this.#show(this.#text.slice(this.#closed.length, this.#closed.length + PIECE), true, isEnd);
    }
    if (rest.length === 0 || (!isEnd && complete.length > 0)) return this.#empty();
    // Until the rest of it is read, it stays as it is.
    if (!isEnd) return undefined;
    this.#open.hidden = false;
    this.#open.replaceChildren(nodes(rest));
    for (const pre of this.#open.querySelectorAll('pre')) frame(pre);
    cite(this.#open, this.#sources);
    return undefined;
  }

  #empty() {
    this.#open.replaceChildren();
    this.#open.hidden = true;
  }

  /** @param {any[]} tokens */
  #append(tokens) {
    if (tokens.length === 0) return;
    this.#tokens.push(...tokens);
    const made = blocks(tokens);
    this.#open.before(...made);
    made.forEach(this.#decorate);
  }

  #insert = (/** @type {any[]} */ tokens) => {
    const [block] = blocks(tokens);
    this.#open.before(block);
    this.#decorate(block);
    return block;
  };

  #decorate = (/** @type {ParentNode} */ block) => {
    for (const pre of block.querySelectorAll('pre')) { frame(pre); colour(pre); }
    for (const place of block.querySelectorAll('.maths')) typeset(/** @type {HTMLElement} */ (place));
    cite(block, this.#sources);
  };

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
    this.#growing = null;
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
