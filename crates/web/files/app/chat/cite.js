// The numbers in an answer that say where something comes from: each leads there.

import { t } from '../strings/index.js';

/** @param {import('./parts.js').Source} source */
function link({ url }) {
  const made = document.createElement('a');
  made.href = /** @type {string} */ (url);
  made.target = '_blank';
  made.rel = 'noopener noreferrer';
  return made;
}

/** What has no address of its own is found in the list under the answer. @param {number} number */
function leadToTheList(number) {
  const made = document.createElement('button');
  made.type = 'button';
  made.addEventListener('click', () => {
    const listed = made.closest('article')?.querySelector(`.sources li:nth-child(${number})`);
    listed?.scrollIntoView({ block: 'nearest' });
    if (listed instanceof HTMLElement) listed.focus({ preventScroll: true });
  });
  return made;
}

/** Makes the numbers in a part of an answer lead to their sources. @param {ParentNode} part @param {import('./parts.js').Source[]} sources */
export function cite(part, sources) {
  for (const mark of part.querySelectorAll('.cited')) {
    const number = Number(mark.getAttribute('data-source'));
    const source = sources[number - 1];
    if (!source || mark.firstElementChild) continue;
    const lead = source.url ? link(source) : leadToTheList(number);
    lead.textContent = String(number);
    lead.setAttribute('aria-label', t.message.source(number, source.title));
    lead.title = source.words || source.title;
    mark.replaceChildren(lead);
  }
}
