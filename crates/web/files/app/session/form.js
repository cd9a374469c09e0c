// What the pages around signing in share: the frame, and a form that says what is wrong at each field.

import { html, useLayoutEffect, useRef, useSignal } from '../ui/preact.js';
import { Icon } from '../ui/icons.js';
import { Fault } from '../ui/notice.js';
import { t } from '../strings/index.js';

/** @param {{ title: string, lead?: string, children?: any }} props */
export function Gate({ title, lead, children }) {
  // Before the next key.
  useLayoutEffect(() => {
    document.title = t.title(title);
    /** @type {HTMLElement | null} */ (document.querySelector('[autofocus]'))?.focus();
  }, [title]);
  return html`<div class="gate">
    <header class="gate-head"><a class="brand" href="/"><${Icon} name="key" />${t.name}</a></header>
    <main class="gate-main"><h1>${title}</h1>${lead && html`<p class="lead">${lead}</p>`}${children}</main>
  </div>`;
}

/**
 * A form. `submit` does the work; what it throws is shown, beside its field where it names one.
 * @param {{ submit: () => Promise<void>, children: (state: { busy: boolean, at: (pointer: string) => any }) => any,
 *   faults?: Record<string, any>, atFields?: Record<string, string>, ways?: any, class?: string }} props
 * `faults` are those that the page sees by itself, by pointer; `atFields` says which codes belong to which field.
 */
export function Form({ submit, children, faults = {}, atFields = {}, ways, class: more = '' }) {
  const busy = useSignal(false);
  const tried = useSignal(false);
  const fault = useSignal(/** @type {any} */ (null));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));

  const at = (/** @type {string} */ pointer) =>
    (tried.value && faults[pointer]) || fault.value?.at?.(pointer) || (atFields[fault.value?.code] === pointer && fault.value.detail) || null;
  const showFirst = () => requestAnimationFrame(() => /** @type {HTMLElement | null} */ (form.current?.querySelector('[aria-invalid]'))?.focus());

  const submitted = async (/** @type {Event} */ event) => {
    event.preventDefault();
    tried.value = true;
    fault.value = null;
    if (Object.values(faults).some(Boolean)) return showFirst();
    if (busy.value) return;
    busy.value = true;
    try {
      await submit();
    } catch (thrown) {
      fault.value = thrown;
      showFirst();
    } finally {
      busy.value = false;
    }
  };
  const isAtAField = fault.value && (fault.value.errors?.length > 0 || atFields[fault.value.code]);
  return html`<form ref=${form} class="form ${more}" noValidate onSubmit=${submitted}>
    ${children({ busy: busy.value, at })}
    ${fault.value && !isAtAField && html`<${Fault} fault=${fault.value} ways=${ways} />`}
  </form>`;
}
