// The icons: strokes on a grid of 24, drawn for Latchkey.

import { html } from './preact.js';

const STROKES = {
  key: ['M11 12h10v4M17 12v3', 'M7 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z'],
  plus: ['M12 5v14M5 12h14'],
  search: ['M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', 'm15.3 15.3 4.7 4.7'],
  send: ['M12 20V5M5.5 11 12 4.5l6.5 6.5'],
  stop: ['M7 7h10v10H7z'],
  copy: ['M9 9h10v11H9z', 'M15 9V4H5v11h4'],
  check: ['m5 12.5 4.5 4.5L19 7'],
  rerun: ['M19.5 12a7.5 7.5 0 1 1-2.6-5.7', 'M20 3.5V8h-4.5'],
  edit: ['M4 20l.8-4L16 4.8l3.2 3.2L8 19.2z', 'm13.8 7 3.2 3.2'],
  left: ['m14.5 6-6 6 6 6'],
  right: ['m9.5 6 6 6-6 6'],
  up: ['m6 14.5 6-6 6 6'],
  down: ['m6 9.5 6 6 6-6'],
  more: ['M5 12h.01M12 12h.01M19 12h.01'],
  grip: ['M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01'],
  trash: ['M4 7h16M9.5 7V4h5v3M6.5 7l1 13h9l1-13', 'M10 11v5.5M14 11v5.5'],
  clip: ['M19 11.5 11.8 18.7a4.4 4.4 0 0 1-6.3-6.3L13 5a3 3 0 0 1 4.2 4.2L9.8 16.6a1.5 1.5 0 0 1-2.1-2.1L14 8.2'],
  sliders: ['M4 7h9M19 7h1M4 17h1M11 17h9', 'M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z', 'M8 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z'],
  panel: ['M4 5h16v14H4z', 'M9.5 5v14'],
  close: ['m6 6 12 12M18 6 6 18'],
  thinking: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', 'M12 8v4l2.7 1.8'],
  hourglass: ['M6.5 4h11M6.5 20h11', 'M8 4v3.5l4 4.5 4-4.5V4M8 20v-3.5l4-4.5 4 4.5V20'],
  gauge: ['M4.6 17.5a8.5 8.5 0 1 1 14.8 0', 'm12 14.5 3.6-5.2'],
  globe: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', 'M4 12h16M12 4c2.5 2.3 3.5 5 3.5 8s-1 5.7-3.5 8c-2.5-2.3-3.5-5-3.5-8s1-5.7 3.5-8z'],
  file: ['M6 3.5h8l4 4v13H6z', 'M14 3.5v4h4'],
  image: ['M4 5h16v14H4z', 'm4 16 5-5 4.5 4.5L16 13l4 4', 'M15.5 9h.01'],
  link: ['M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3', 'M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1'],
  pin: ['M9 4h6l-1 6 3.5 3.5h-11L10 10z', 'M12 13.5V20'],
  out: ['M13 4H5v16h8', 'M9.5 12H20M16 8l4 4-4 4'],
  warning: ['M12 4 2.8 19.5h18.4z', 'M12 10v4.5M12 17h.01'],
  bad: ['M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3z', 'm9 9 6 6m0-6-6 6'],
  good: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'm8 12.3 2.8 2.8L16 9.5'],
  wait: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M12 7.5V12l3 2'],
  unknown: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M8.5 12h7'],
  off: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'm6 18 12-12'],
  below: ['M12 4v15M5.5 13l6.5 6.5 6.5-6.5'],
  outside: ['M9 6H5v13h13v-4', 'M13 4.5h6.5V11M19 5l-8.5 8.5'],
  eye: ['M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12z', 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z'],
  person: ['M12 4.5a3.75 3.75 0 1 0 0 7.5 3.75 3.75 0 0 0 0-7.5z', 'M5 20c.6-3.5 3.3-5.5 7-5.5s6.4 2 7 5.5'],
  wrap: ['M4 6h16M4 12h13a3 3 0 0 1 0 6h-4M4 18h5', 'm15 15.5-2.5 2.5 2.5 2.5'],
};

/**
 * An icon beside words, or one that stands for them when it has a `label`.
 * @param {{ name: keyof typeof STROKES, label?: string }} props
 */
export function Icon({ name, label }) {
  const strokes = STROKES[name].map((d) => html`<path d=${d} />`);
  return label
    ? html`<svg class="icon" viewBox="0 0 24 24" role="img" aria-label=${label}>${strokes}</svg>`
    : html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-icon=${name}>${strokes}</svg>`;
}
