// Formulas, as MathML, which browsers lay out by themselves and screen readers can read.

import { markup } from './markdown.js';

/** @type {Promise<any> | null} */
let typesetter = null;
const load = () => (typesetter ??= import('/assets/katex-0.19.1.min.js').then(() => /** @type {any} */ (globalThis).katex));

const MATHML = {
  USE_PROFILES: { mathMl: true },
  ADD_TAGS: ['semantics', 'annotation'],
  ADD_ATTR: ['encoding', 'displaystyle', 'scriptlevel'],
  FORBID_ATTR: ['style', 'href'],
  FORBID_TAGS: ['annotation-xml', 'maction'],
};

/** Lays out one formula. One that can't be understood stays as it was written. @param {HTMLElement} place */
export async function typeset(place) {
  const source = place.textContent ?? '';
  const katex = await load();
  try {
    const mathml = katex.renderToString(source, { displayMode: place.dataset.display === '1', output: 'mathml', throwOnError: true, trust: false, maxSize: 20, maxExpand: 200 });
    place.replaceChildren(markup(mathml, MATHML));
    // Between a function and what it is of there is a thin space, which browsers don't know of.
    for (const applied of place.querySelectorAll('mo')) {
      if (applied.textContent === '\u2061' && !/^[([{|]/.test(applied.nextElementSibling?.textContent ?? '')) applied.setAttribute('lspace', '0.17em');
    }
    place.dataset.source = source;
  } catch {
    place.dataset.failed = '';
  }
}
