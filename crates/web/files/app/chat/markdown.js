// Markdown into nodes. Everything that others wrote comes through here: it is escaped by the renderer, and then goes
// through DOMPurify, which alone may make markup of text.

import { Lexer, Marked } from '/assets/marked-18.2.1.esm.js';
import '/assets/dompurify-3.4.18.min.js';
import { t } from '../strings/index.js';

/** @type {any} */
const purify = /** @type {any} */ (globalThis).DOMPurify;

/** Tags that models write by hand, without attributes. Any other stands there as text. */
const PLAIN_TAG = /^<\/?(?:br|sub|sup|kbd|mark|b|i|em|strong|u|s|details|summary)\s*\/?>$/i;
/** Where a citation stands: its number, between two letters that no text has. */
export const CITED = { open: '\uE000', close: '\uE001' };

const escaped = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {string} name @param {'block' | 'inline'} level @param {RegExp} start @param {[RegExp, boolean][]} rules */
const maths = (name, level, start, rules) => ({
  name,
  level,
  start: (/** @type {string} */ text) => text.match(start)?.index,
  tokenizer(/** @type {string} */ text) {
    for (const [rule, display] of rules) {
      const found = rule.exec(text);
      if (found) return { type: name, raw: found[0], text: found[1].trim(), display };
    }
    return undefined;
  },
  renderer: (/** @type {any} */ { text, display }) => (level === 'block'
    ? `<p class="maths" data-display="1">${escaped(text)}</p>`
    : `<span class="maths"${display ? ' data-display="1"' : ''}>${escaped(text)}</span>`),
});

const cited = {
  name: 'cited',
  level: 'inline',
  start: (/** @type {string} */ text) => text.indexOf(CITED.open),
  tokenizer(/** @type {string} */ text) {
    const found = /^\uE000(\d+)\uE001/.exec(text);
    return found ? { type: 'cited', raw: found[0], number: Number(found[1]) } : undefined;
  },
  renderer: (/** @type {any} */ { number }) => `<sup class="cited" data-source="${number}">${number}</sup>`,
};

const marked = new Marked({
  gfm: true,
  extensions: [
    maths('mathsBlock', 'block', /\$\$|\\\[/, [[/^\$\$([\s\S]+?)\$\$(?:\n|$)/, true], [/^\\\[([\s\S]+?)\\\](?:\n|$)/, true]]),
    maths('mathsInline', 'inline', /\$|\\\(|\\\[/, [
      [/^\$\$([^$\n]+?)\$\$/, true], [/^\\\[([\s\S]+?)\\\]/, true], [/^\\\((.+?)\\\)/, false],
      // A dollar sign is a price more often than not: one that opens maths touches it, and no digit follows the one that closes.
      [/^\$(?![\s\d.,]+\$?(?:\s|$))(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)/, false],
    ]),
    cited,
  ],
  renderer: {
    html: (/** @type {any} */ { text }) => (PLAIN_TAG.test(text.trim()) ? text : escaped(text)),
    // Nothing is loaded from elsewhere: a picture is a link to it.
    image: (/** @type {any} */ { href, text }) => `<a href="${escaped(href)}">${escaped(t.message.outsideImage(text || href))}</a>`,
    code: (/** @type {any} */ { text, lang }) => `<pre data-language="${escaped((lang ?? '').split(/\s/)[0])}"><code>${escaped(text)}\n</code></pre>`,
  },
});

const ALLOWED = {
  ALLOWED_TAGS: ['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'a', 'em', 'strong', 'b', 'i', 'u', 's', 'del', 'mark',
    'sub', 'sup', 'kbd', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'input', 'span', 'details', 'summary'],
  ALLOWED_ATTR: ['href', 'title', 'align', 'start', 'type', 'checked', 'disabled', 'class', 'data-language', 'data-display', 'data-source'],
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};
/** Where links may lead: no place of this server, and nothing that runs. */
const ELSEWHERE = /^(?:https?:\/\/|mailto:)/i;
const OUR_CLASS = /^(?:maths|cited|hljs-[a-z_ -]+)$/;

purify.addHook('afterSanitizeAttributes', (/** @type {Element} */ node) => {
  if (node.nodeName === 'A') {
    if (!ELSEWHERE.test(node.getAttribute('href') ?? '')) node.removeAttribute('href');
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer');
  }
  if (node.hasAttribute('class') && !OUR_CLASS.test(node.getAttribute('class') ?? '')) node.removeAttribute('class');
  // Check boxes of task lists alone.
  if (node.nodeName === 'INPUT' && node.getAttribute('type') !== 'checkbox') node.remove();
});

/** Markup that may be trusted, out of markup that may not. @param {string} markup @returns {DocumentFragment} */
const clean = (markup) => purify.sanitize(markup, ALLOWED);

/** The blocks that a text begins with, from outside to inside. @param {string} text @returns {any[]} */
export const lexed = (text) => new Lexer(marked.defaults).lex(text);

/** Whether something further down changes what stands above. @param {any[]} tokens */
export const hasDefinitions = (tokens) => tokens.some((token) => token.type === 'def');

/** Blocks as nodes. @param {any[]} tokens */
export const nodes = (tokens) => framed(clean(marked.parser(tokens)));

/** Many blocks at once, each in a frame of its own: cleaning has its price each time. @param {any[]} tokens @returns {Element[]} */
export function blocks(tokens) {
  // A tag by hand that isn't closed would reach into the next block.
  if (tokens.length === 1 || tokens.some((token) => /<\/?[a-z]/i.test(token.raw))) return tokens.map((token) => block(nodes([token])));
  const fragment = purify.sanitize(tokens.map((token) => `<div>${marked.parser([token])}</div>`).join(''), { ...ALLOWED, ALLOWED_TAGS: [...ALLOWED.ALLOWED_TAGS, 'div'] });
  return [...framed(fragment).children].map((made) => block(made.childNodes));
}

/** @param {DocumentFragment | NodeListOf<ChildNode>} content */
function block(content) {
  const made = document.createElement('div');
  made.className = 'block';
  made.append(...(content instanceof DocumentFragment ? [content] : content));
  return made;
}

/** Tables scroll by themselves. @param {DocumentFragment} fragment */
function framed(fragment) {
  for (const table of fragment.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table-frame';
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  return fragment;
}

/** Markup of one of our own libraries as nodes: the colours of code, the marks of maths. @param {string} markup @param {any} allowed @returns {DocumentFragment} */
export const markup = (markup, allowed) => purify.sanitize(markup, { ...allowed, RETURN_DOM_FRAGMENT: true });
