// Which page an address shows. Links inside the app change the address without loading the page again.

import { signal } from './ui/preact.js';

/** Each address of the app; `:name` is a part that varies. The server has the same list. */
export const ROUTES = {
  '/chat': 'chat',
  '/chat/:id': 'chat',
  '/try': 'try',
  '/sign-up': 'sign-up',
  '/sign-in': 'sign-in',
  '/reset': 'reset',
  '/welcome': 'welcome',
  '/shared': 'shared',
  '/settings': 'settings',
  '/settings/:section': 'settings',
};

/** @typedef {{ page: string, params: Record<string, string>, query: URLSearchParams, path: string, hash: string }} Place */

/** @param {URL} url @returns {Place | null} */
function find(url) {
  const parts = url.pathname.split('/');
  for (const [pattern, page] of Object.entries(ROUTES)) {
    const wanted = pattern.split('/');
    /** @type {Record<string, string>} */
    const params = {};
    const fits = wanted.length === parts.length && wanted.every((part, at) => {
      if (!part.startsWith(':')) return part === parts[at];
      params[part.slice(1)] = decodeURIComponent(parts[at]);
      return parts[at] !== '';
    });
    if (fits) return { page, params, query: url.searchParams, path: url.pathname, hash: url.hash.slice(1) };
  }
  return null;
}

/** Where the person is. */
export const place = signal(/** @type {Place | null} */ (find(new URL(location.href))));

/**
 * Goes to an address of the app, or loads a page beside it.
 * @param {string} to @param {{ replace?: boolean }} [how]
 */
export function navigate(to, { replace = false } = {}) {
  const url = new URL(to, location.href);
  const found = url.origin === location.origin ? find(url) : null;
  if (!found) {
    location.assign(url);
    return;
  }
  if (url.href !== location.href) history[replace ? 'replaceState' : 'pushState'](null, '', url);
  place.value = found;
}

/** A click that a link of the app may answer itself: no other tab, no download. */
function isPlain(/** @type {MouseEvent} */ click) {
  return click.button === 0 && !click.defaultPrevented && !click.metaKey && !click.ctrlKey && !click.shiftKey && !click.altKey;
}

/** Answers the browser's own buttons, and all links of the app. */
export function listen() {
  addEventListener('popstate', () => { place.value = find(new URL(location.href)); });
  document.addEventListener('click', (click) => {
    const link = click.target instanceof Element ? click.target.closest('a') : null;
    if (!link || !isPlain(click) || link.target || link.origin !== location.origin || !find(new URL(link.href))) return;
    click.preventDefault();
    navigate(link.href);
  });
}
