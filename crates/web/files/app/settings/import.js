// The part of the settings that brings conversations here: a place for the file, how far it is, and what came of it.

import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { counted } from '../ui/money.js';
import { Fault, Note } from '../ui/notice.js';
import { html, useRef, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { begin, cancel, work } from './importing.js';
import { Unreadable } from './unzip.js';

/** @typedef {import('./importing.js').Report} Report */

const MB = 1024 * 1024;
/** Most titles that are shown; there may be thousands. */
const MOST_TITLES = 200;

export function Import() {
  const now = work.value;
  const isBusy = now !== null && 'whole' in now;
  return html`<section class="part" aria-labelledby="import-title"><h3 id="import-title">${t.imports.title}</h3><p class="hint">${t.imports.text}</p>
    ${isBusy ? html`<${Progress} now=${now} />` : html`<${Place} />`}
    ${now?.step === 'done' && html`<${Came} report=${now.report} />`}
    ${now?.step === 'failed' && html`<${Failed} fault=${now.fault} report=${now.report} />`}
  </section>`;
}

/** Where the file is dropped, or chosen. */
function Place() {
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  const dropping = useSignal(false);
  const take = (/** @type {FileList | null | undefined} */ files) => { if (files?.[0]) begin(files[0]); };
  return html`<div class="drop" data-dropping=${dropping.value ? '' : null}
      onDragOver=${(/** @type {Event} */ event) => { event.preventDefault(); dropping.value = true; }} onDragLeave=${() => { dropping.value = false; }}
      onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); dropping.value = false; take(event.dataTransfer?.files); }}>
    <${Button} icon="plus" onClick=${() => picker.current?.click()}>${t.imports.choose}<//><span>${t.imports.drop}</span>
    <input ref=${picker} type="file" hidden accept=".zip,.json,application/zip,application/json" aria-label=${t.imports.choose}
      onChange=${(/** @type {any} */ event) => { take(event.target.files); event.target.value = ''; }} /></div>`;
}

/** @param {{ now: { step: 'unpacking' | 'sending' | 'storing', done: number, whole: number } }} props */
function Progress({ now: { step, done, whole } }) {
  const words = t.imports.steps[step];
  return html`<div class="import-way"><p>${words}</p>
    <progress aria-label=${words} max=${whole || 1} value=${step === 'storing' ? null : done} />
    <span class="import-count">${step !== 'storing' && t.imports.of((done / MB).toFixed(1), (whole / MB).toFixed(1))}</span>
    <${Button} kind="link" onClick=${cancel}>${t.cancel}<//></div>`;
}

/** @param {{ report: Report }} props */
function Came({ report }) {
  const leftOut = Object.entries(report.leftOut).filter(([, count]) => count > 0);
  const isNothing = report.imported + report.updated === 0;
  return html`<${Note} icon=${isNothing ? 'unknown' : 'good'} kind=${isNothing ? 'warn' : 'good'} title=${isNothing ? t.imports.nothing : t.imports.came(report.imported, report.messages)}>
      <p>${[report.updated > 0 && t.imports.updated(report.updated), report.unchanged > 0 && t.imports.already(report.unchanged), leftOut.length > 0 && t.imports.leftOut(leftOut.map(([kind, count]) => wordsOf(kind, count))), t.imports.again].filter(Boolean).join(' ')}</p>
    <//>
    ${report.skippedCount > 0 && html`<${Skipped} report=${report} />`}`;
}

/** @param {string} kind @param {number} count */
function wordsOf(kind, count) {
  const [one, many] = t.imports.kinds[/** @type {keyof typeof t.imports.kinds} */ (kind)] ?? t.imports.kinds.other;
  return `${counted(count)} ${count === 1 ? one : many}`;
}

/** What was passed over, and why. The server names the first thousand. @param {{ report: Report }} props */
function Skipped({ report: { skipped, skippedCount } }) {
  const why = (/** @type {string} */ reason) => t.imports.reasons[/** @type {keyof typeof t.imports.reasons} */ (reason)] ?? reason;
  const unnamed = skippedCount - skipped.length;
  return html`<ul class="import-skipped">${[...new Set(skipped.map((item) => item.reason))].map((reason) => {
    const items = skipped.filter((item) => item.reason === reason);
    const titled = items.filter((item) => item.title).slice(0, MOST_TITLES);
    return html`<li key=${reason}><span><${Icon} name="warning" />${t.imports.skipped(items.length, why(reason))}</span>
      ${titled.length > 0 && html`<details><summary>${t.imports.which}</summary><ul>${titled.map((item) => html`<li>${item.title}</li>`)}</ul></details>`}</li>`;
  })}${unnamed > 0 && html`<li><span><${Icon} name="warning" />${t.imports.moreSkipped(unnamed)}</span></li>`}</ul>`;
}

/** @param {{ fault: any, report: Report | null }} props */
function Failed({ fault, report }) {
  return html`${fault instanceof Unreadable ? html`<div class="notice bad" role="alert"><${Icon} name="bad" /><div><p class="notice-title">${t.imports.unreadable}</p><p>${fault.message}</p></div></div>` : html`<${Fault} fault=${fault} />`}
    ${report ? html`<${Came} report=${report} />` : !(fault instanceof Unreadable) && html`<p class="hint">${t.imports.stays}</p>`}`;
}
