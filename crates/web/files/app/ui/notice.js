// What went wrong, at the place where it did, with the way out.

import { html } from './preact.js';
import { Button } from './controls.js';
import { Icon } from './icons.js';
import { told } from './error-words.js';
import { navigate } from '../router.js';
import { LINKS } from '../strings/links.js';
import { t } from '../strings/index.js';

/** Ways out that lead to a place of the app, or out of it. @type {Record<string, () => void>} */
const LEADS = {
  keys: () => navigate('/settings/keys'),
  'add-key': () => navigate('/settings/keys?add'),
  'sign-in': () => navigate(`/sign-in?next=${encodeURIComponent(location.pathname)}`),
  'new-chat': () => navigate('/chat'),
  reload: () => location.reload(),
};
/** @type {Record<string, string>} */
const OUTSIDE = { billing: LINKS.anthropicBilling, limits: LINKS.anthropicLimits, status: LINKS.anthropicStatus };

/**
 * @param {{ fault: unknown, onRetry?: () => void, ways?: Record<string, () => void>, onClose?: () => void, children?: any }} props
 * `ways` are those that the place itself knows better.
 */
export function Fault({ fault, onRetry, ways = {}, children }) {
  const { code, title, text, way } = told(fault);
  /** @type {Record<string, (() => void) | undefined>} */
  const known = { ...LEADS, retry: onRetry, ...ways };
  const lead = way && known[way];
  return html`<div class="notice bad" role="alert" data-code=${code}>
    <${Icon} name="bad" />
    <div><p class="notice-title">${title}</p>${text && html`<p>${text}</p>`}
      <div class="notice-ways">
        ${way && OUTSIDE[way] && html`<a class="button plain" href=${OUTSIDE[way]} target="_blank" rel="noopener noreferrer">${t.errors.ways[way]}<${Icon} name="outside" /></a>`}
        ${lead && html`<${Button} onClick=${lead}>${t.errors.ways[/** @type {keyof typeof t.errors.ways} */ (way)]}<//>`}
        ${onRetry && way !== 'retry' && html`<${Button} onClick=${onRetry}>${t.tryAgain}<//>`}
        ${children}
      </div></div>
  </div>`;
}

/** Something to know. @param {{ icon?: any, title?: string, children?: any, kind?: 'info' | 'warn' | 'good' }} props */
export function Note({ icon = 'warning', title, children, kind = 'warn' }) {
  return html`<div class="notice ${kind}" role="status"><${Icon} name=${icon} /><div>${title && html`<p class="notice-title">${title}</p>`}${children}</div></div>`;
}
