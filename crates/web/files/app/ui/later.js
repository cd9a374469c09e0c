// Parts of the app that are loaded when somebody looks at them.

import { ApiError } from '../api.js';
import { Dialog } from './dialog.js';
import { Fault } from './notice.js';
import { html, signal, useEffect, useSignal } from './preact.js';
import { t } from '../strings/index.js';

export const Loading = () => html`<div class="skeleton" role="status"><span class="unseen">${t.loading}</span></div>`;

/** What is loaded once, for all who ask. @param {() => Promise<any>} load */
function once(load) {
  const loaded = signal(/** @type {any} */ (null));
  const begin = async () => { loaded.value ??= { Part: await load() }; };
  return { loaded, begin };
}

/** A page. @param {() => Promise<any>} load gives its component */
export function laterPage(load) {
  const { loaded, begin } = once(load);
  return (/** @type {any} */ props) => {
    const failures = useSignal(0);
    const ask = () => { begin().catch(() => { failures.value += 1; }); };
    useEffect(ask, []);
    if (loaded.value) return html`<${loaded.value.Part} ...${props} />`;
    // What is written elsewhere in the page stays. A newer server may not have this part any more: then the page itself is asked for again.
    const again = () => (failures.value > 1 ? location.reload() : ask());
    return failures.value > 0 ? html`<main class="alone"><h1>${t.connection.part}</h1><${Fault} fault=${ApiError.unreachable()} onRetry=${again} /></main>` : html`<${Loading} />`;
  };
}

/** A dialog, which has `onClose`. What is written in the page around it stays. @param {() => Promise<any>} load gives its component */
export function laterDialog(load) {
  const { loaded, begin } = once(load);
  return (/** @type {any} */ props) => {
    const isGone = useSignal(false);
    const ask = () => { isGone.value = false; begin().catch(() => { isGone.value = true; }); };
    useEffect(ask, []);
    if (loaded.value) return html`<${loaded.value.Part} ...${props} />`;
    return isGone.value && html`<${Dialog} title=${t.connection.part} onClose=${props.onClose}><${Fault} fault=${ApiError.unreachable()} onRetry=${ask} /><//>`;
  };
}
