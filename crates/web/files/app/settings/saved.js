// Settings that are saved as they are chosen.

import { change } from '../session/state.js';
import { Icon } from '../ui/icons.js';
import { Fault } from '../ui/notice.js';
import { html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** Saves a change of the account, and shows beside it how that went. */
export function useSaving() {
  const state = useSignal(/** @type {{ saved?: boolean, fault?: unknown }} */ ({}));
  const save = async (/** @type {any} */ body) => {
    try {
      await change(body);
      state.value = { saved: true };
      setTimeout(() => { state.value = {}; }, 3_000);
    } catch (fault) {
      state.value = { fault };
    }
  };
  const shown = html`<div class="saved" role="status">${state.value.saved && html`<p><${Icon} name="check" />${t.settings.saved}</p>`}
    ${state.value.fault ? html`<${Fault} fault=${state.value.fault} />` : null}</div>`;
  return { save, shown };
}
