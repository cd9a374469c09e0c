// Offline, and server gone: said once, for the whole page, until it is over.

import { ApiError, call } from './api.js';
import { Icon } from './ui/icons.js';
import { html, signal, useEffect } from './ui/preact.js';
import { t } from './strings/index.js';

const CHECK_EVERY_MS = 5_000;

/** `null` while all is well. */
const trouble = signal(/** @type {'offline' | 'gone' | null} */ (navigator.onLine ? null : 'offline'));

/** Tells the page that a request found nobody. @param {unknown} fault */
export function noticed(fault) {
  if (!(fault instanceof ApiError)) return;
  if (fault.code === 'offline') trouble.value = 'offline';
  if (fault.code === 'server_gone') trouble.value = 'gone';
}

async function check() {
  if (!navigator.onLine) {
    trouble.value = 'offline';
    return;
  }
  try {
    await call('ready', { anonymous: true });
    trouble.value = null;
  } catch (fault) {
    // A server that says what is wrong with it is there.
    trouble.value = fault instanceof ApiError && fault.status > 0 ? null : 'gone';
  }
}

export function Connection() {
  useEffect(() => {
    const offline = () => { trouble.value = 'offline'; };
    addEventListener('offline', offline);
    addEventListener('online', check);
    return () => { removeEventListener('offline', offline); removeEventListener('online', check); };
  }, []);
  useEffect(() => {
    if (trouble.value === null) return undefined;
    const timer = setInterval(check, CHECK_EVERY_MS);
    return () => clearInterval(timer);
  }, [trouble.value]);
  return html`<div class="connection" role="status">${trouble.value && html`<p><${Icon} name="warning" />${t.connection[trouble.value]}</p>`}</div>`;
}
