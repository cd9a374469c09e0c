// Buttons and fields.

import { html, useId, useRef, useSignal } from './preact.js';
import { Icon } from './icons.js';
import { t } from '../strings/index.js';

/**
 * @param {{ kind?: 'primary' | 'plain' | 'danger' | 'link', icon?: any, busy?: boolean, busyWords?: string, type?: string,
 *   children?: any, class?: string, [attribute: string]: any }} props
 */
export function Button({ kind = 'plain', icon, busy = false, busyWords, type = 'button', children, class: more = '', ...rest }) {
  return html`<button type=${type} class="button ${kind} ${more}" aria-busy=${busy || null} aria-disabled=${busy || null} ...${rest}
    onClick=${(/** @type {Event} */ event) => { if (busy) event.preventDefault(); else rest.onClick?.(event); }}>
    ${icon && html`<${Icon} name=${icon} />`}<span>${busy && busyWords ? busyWords : children}</span></button>`;
}

/** A button that is an icon; its `label` is its name and its tooltip. @param {{ icon: any, label: string, class?: string, [attribute: string]: any }} props */
export function IconButton({ icon, label, class: more = '', ...rest }) {
  return html`<button type="button" class="icon-button ${more}" aria-label=${label} title=${label} ...${rest}><${Icon} name=${icon} /></button>`;
}

/**
 * A field with its label, hint and fault.
 * @param {{ label: string, hint?: any, fault?: any, value: import('/assets/preact-signals-2.11.4.mjs').Signal<string>,
 *   type?: string, area?: boolean, after?: any, [attribute: string]: any }} props
 */
export function Field({ label, hint, fault, value, type = 'text', area = false, after, ...rest }) {
  const id = useId();
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ') || null;
  const attributes = {
    id, value: value.value, 'aria-describedby': described, 'aria-invalid': fault ? 'true' : null,
    onInput: (/** @type {any} */ event) => { value.value = event.target.value; }, ...rest,
  };
  return html`<div class="field" data-faulty=${fault ? '' : null}>
    <label for=${id}>${label}</label>
    <div class="field-box">
      ${area ? html`<textarea ...${attributes} />` : html`<input type=${type} ...${attributes} />`}${after}
    </div>
    ${fault && html`<p class="fault" id="${id}-fault"><${Icon} name="warning" />${fault}</p>`}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/** A password or key, hidden until asked. @param {any} props */
export function SecretField(props) {
  const shown = useSignal(false);
  const toggle = html`<button type="button" class="button link reveal" aria-pressed=${shown.value}
    onClick=${() => { shown.value = !shown.value; }}>${shown.value ? t.hidePassword : t.showPassword}</button>`;
  return html`<${Field} spellcheck=${false} autocapitalize="off" autocorrect="off" ...${props} type=${shown.value ? 'text' : 'password'} after=${toggle} />`;
}

/** One of a few. @param {{ label: string, hint?: string, value: string, options: [string, string][], onChange: (value: string) => void }} props */
export function Select({ label, hint, value, options, onChange, ...rest }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="field-box select"><select id=${id} value=${value} aria-describedby=${hint ? `${id}-hint` : null} ...${rest}
      onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>
      ${options.map(([name, words]) => html`<option value=${name} selected=${name === value}>${words}</option>`)}
    </select><${Icon} name="down" /></div>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/** One of a few, all in view. @param {{ label: string, value: string, options: [string, string][], onChange: (value: string) => void }} props */
export function Choice({ label, value, options, onChange }) {
  const name = useId();
  return html`<fieldset class="choice"><legend>${label}</legend><div>
    ${options.map(([option, words]) => html`<label><input type="radio" name=${name} value=${option} checked=${option === value}
      onChange=${() => onChange(option)} /><span>${words}</span></label>`)}
  </div></fieldset>`;
}

/** Copies a text, and says so for a while. @param {{ text: () => string, label?: string }} props */
export function CopyButton({ text, label = t.copy }) {
  const said = useSignal(false);
  const timer = useRef(0);
  const copy = async () => {
    await copied(text());
    said.value = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => { said.value = false; }, 2_000);
  };
  return html`<${IconButton} icon=${said.value ? 'check' : 'copy'} label=${said.value ? t.copied : label} onClick=${copy} />`;
}

/** Puts a text onto the clipboard; browsers give the newer way to https and localhost alone. @param {string} text */
export async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
