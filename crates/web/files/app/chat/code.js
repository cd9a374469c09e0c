// Code: its language, a button that copies it, one that wraps it, and colours once it is complete.

import { copied } from '../ui/controls.js';
import { markup } from './markdown.js';
import { inTurns } from './turns.js';
import { t } from '../strings/index.js';

/** @type {Promise<any> | null} */
let highlighter = null;
const load = () => (highlighter ??= import('/assets/highlightjs-cdn-assets-11.12.0.min.js').then((module) => module.default));

/** More than this would keep the page busy for too long. */
const MOST_COLOURED = 20_000;
const COLOURS = { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'] };

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'code-button';
  made.textContent = words;
  made.addEventListener('click', act);
  return made;
}

/** Gives a block of code its head. @param {HTMLElement} pre */
export function frame(pre) {
  const language = pre.dataset.language || '';
  const figure = document.createElement('figure');
  figure.className = 'code';
  const head = document.createElement('figcaption');
  const name = document.createElement('span');
  name.textContent = language || t.message.code;
  const copy = button(t.copy, async () => {
    await copied(pre.textContent ?? '');
    copy.textContent = t.copied;
    setTimeout(() => { copy.textContent = t.copy; }, 2_000);
  });
  copy.setAttribute('aria-label', `${t.message.copyCode}${language ? `: ${language}` : ''}`);
  const wrap = button(t.message.wrap, () => {
    const wraps = figure.toggleAttribute('data-wrapped');
    wrap.setAttribute('aria-pressed', String(wraps));
  });
  wrap.setAttribute('aria-pressed', 'false');
  pre.tabIndex = 0;
  pre.setAttribute('role', 'region');
  pre.setAttribute('aria-label', language || t.message.code);
  head.append(name, wrap, copy);
  pre.replaceWith(figure);
  figure.append(head, pre);
}

/** Colours complete code, when its language is known. @param {HTMLElement} pre */
export async function colour(pre) {
  const language = pre.dataset.language ?? '';
  const code = pre.querySelector('code');
  const text = code?.textContent ?? '';
  if (!code || !language || text.length > MOST_COLOURED) return;
  const highlight = await load();
  if (!highlight.getLanguage(language)) return;
  inTurns(() => {
    const coloured = highlight.highlight(text, { language, ignoreIllegals: true }).value;
    inTurns(() => { code.replaceChildren(markup(coloured, COLOURS)); return false; });
    return false;
  });
}
