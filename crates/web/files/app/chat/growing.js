// Long lists, tables and code that still grow: what is complete of them stays in the page, and is never read again.

import { nodes } from './markdown.js';

/** Shorter ones are read as a whole. */
const LONG = 1_500;

/**
 * How a kind of block grows: `head` is what its further text has to stand under to be read as the same block; `complete` how much of the text under the head
 * is complete, and `tokens` the block with what is complete or with the rest; `target` is where its parts lie.
 * @typedef {{ head: (token: any) => string | null, complete: (token: any, under: string) => { count: number, raw: string }, part: (token: any, from: number, to: number, under: string) => any,
 *   size: (token: any) => number, target: string }} Kind
 */

/** @type {Record<string, Kind>} */
const KINDS = {
  list: {
    head: () => '',
    complete: (token) => ({ count: token.items.length - 1, raw: token.items.slice(0, -1).map((/** @type {any} */ item) => item.raw).join('') }),
    part: (token, from, to) => ({ ...token, items: token.items.slice(from, to) }),
    size: (token) => token.items.length,
    target: 'ul, ol',
  },
  table: {
    head: (token) => /^[^\n]*\n[^\n]*\n/.exec(token.raw)?.[0] ?? null,
    complete: (token, under) => ({ count: token.rows.length - 1, raw: under.split('\n').slice(0, token.rows.length - 1).map((line) => `${line}\n`).join('') }),
    part: (token, from, to) => ({ ...token, rows: token.rows.slice(from, to) }),
    size: (token) => token.rows.length,
    target: 'tbody',
  },
};

/** A block that grows. */
export class Growing {
  /** The last parts, which can still change. @type {ChildNode[]} */
  #open = [];

  /** @param {Kind} kind @param {string} head @param {any} first @param {Element} block @param {(part: ParentNode) => void} decorate */
  constructor(kind, head, first, block, decorate) {
    this.kind = kind;
    this.head = head;
    this.first = first;
    this.block = block;
    this.target = /** @type {Element} */ (block.querySelector(kind.target));
    this.decorate = decorate;
  }

  /**
   * Begins with a block's first parts, when it is long and can grow; they are taken off it.
   * @param {any} token @param {(tokens: any[]) => Element} show @param {(part: ParentNode) => void} decorate
   * @returns {{ growing: Growing, raw: string } | null} with the text that is complete
   */
  static of(token, show, decorate) {
    const kind = KINDS[token?.type];
    const head = token?.raw.length > LONG ? kind?.head(token) ?? null : null;
    if (head === null) return null;
    const under = token.raw.slice(head.length);
    const { count, raw } = kind.complete(token, under);
    if (count < 1 || !under.startsWith(raw)) return null;
    const block = show([kind.part(token, 0, count, under)]);
    return { growing: new Growing(kind, head, token, block, decorate), raw: head + raw };
  }

  /**
   * Shows what has come since.
   * @param {any} token @param {boolean} isOpen whether more of it can come
   * @returns {string | null} the text that is complete now; `null` when it isn't the same block any more
   */
  grow(token, isOpen) {
    for (const node of this.#open.splice(0)) node.remove();
    if (token?.type !== this.first.type) return null;
    const under = token.raw.slice(this.head.length);
    const all = this.kind.size(token);
    const { count, raw } = isOpen ? this.kind.complete(token, under) : { count: all, raw: under };
    if (!under.startsWith(raw)) return null;
    this.#add(token, 0, count, under).forEach((node) => { if (node instanceof Element) this.decorate(node); });
    if (count < all) this.#open = this.#add(token, count, all, under);
    return raw;
  }

  /** @param {any} token @param {number} from @param {number} to @param {string} under @returns {ChildNode[]} */
  #add(token, from, to, under) {
    if (from >= to) return [];
    const made = nodes([{ ...this.kind.part(token, from, to, under), loose: this.first.loose }]).querySelector(this.kind.target);
    const parts = [...(made?.childNodes ?? [])];
    this.target.append(...parts);
    return parts;
  }
}
