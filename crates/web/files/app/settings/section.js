// A section of the settings.

import { html } from '../ui/preact.js';

/** Its heading, and what can be done beside it. @param {{ id: string, title: string, lead?: string, action?: any, children?: any }} props */
export function Section({ id, title, lead, action, children }) {
  return html`<section id=${id} class="section" aria-labelledby="${id}-title" tabindex="-1">
    <header><div><h2 id="${id}-title">${title}</h2>${lead && html`<p class="lead">${lead}</p>`}</div>${action}</header>
    ${children}
  </section>`;
}
