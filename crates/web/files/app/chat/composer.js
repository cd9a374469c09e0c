// Where messages are written. It is never dead: what keeps a message from being sent is said, with the way out.

import { server } from '../session/server.js';
import { Button, IconButton } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { laterDialog } from '../ui/later.js';
import { Menu } from '../ui/menu.js';
import { Note } from '../ui/notice.js';
import { html, useLayoutEffect, useRef, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { endEdit } from './edit.js';
import { useEstimate } from './estimate.js';
import { ACCEPTED, Unattachable, attached } from './files.js';
import { keyIn, withoutKey } from './guard.js';
import { imagesOf, models, nameOf, priceOf } from './models.js';
import { Attachment } from './picture.js';

const OptionsDialog = laterDialog(() => import('./options.js').then((module) => module.OptionsDialog));

/** @param {{ thread: import('./thread.js').Thread, payer: any, note?: any, blocked?: any, onKeyFound: (key: string) => void, onEditLast?: () => void }} props
 *  `blocked` says why nothing can be sent, and what to do about it. */
export function Composer({ thread, payer, note = null, blocked = null, onKeyFound, onEditLast }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  const reading = useRef(/** @type {Promise<void> | null} */ (null));
  const keyFound = useSignal(false);
  const showsBlocked = useSignal(false);
  const fileFaults = useSignal(/** @type {string[]} */ ([]));
  const options = useSignal(false);
  const dropping = useSignal(false);
  const text = thread.draft.value;
  const running = thread.running.value;
  const estimate = useEstimate(thread);
  const canSend = text.trim() !== '' || thread.files.value.length > 0;

  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text]);
  // Before the next key: the first message gives the page another shape, and a field of its own.
  useLayoutEffect(() => { if (matchMedia('(hover: hover)').matches) field.current?.focus(); }, [thread, thread.editing.value]);

  const read = async (/** @type {Iterable<File>} */ files) => {
    fileFaults.value = [];
    for (const file of files) {
      try {
        const made = await attached(file, thread.files.value, imagesOf(thread));
        thread.files.value = [...thread.files.value, made];
      } catch (fault) {
        if (!(fault instanceof Unattachable)) throw fault;
        fileFaults.value = [...new Set([...fileFaults.value, fault.message])];
      }
    }
  };
  // One after the other, and a message waits for those that are attached to it.
  const attach = (/** @type {Iterable<File>} */ files) => {
    const mine = (reading.current ?? Promise.resolve()).then(() => read(files)).finally(() => { if (reading.current === mine) reading.current = null; });
    reading.current = mine;
  };
  const send = async () => {
    if (!canSend) return;
    if (keyIn(text)) { keyFound.value = true; return; }
    if (blocked) { showsBlocked.value = true; return; }
    if (reading.current) await reading.current;
    if (thread.written().length > 0) thread.sendWritten();
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); send(); }
    if (event.key === 'Escape' && running) { event.preventDefault(); thread.stop(); }
    else if (event.key === 'Escape' && thread.editing.value) endEdit(thread);
    if (event.key === 'ArrowUp' && text === '' && !running && onEditLast) { event.preventDefault(); onEditLast(); }
  };
  const pasted = (/** @type {ClipboardEvent} */ event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    attach(files);
  };
  const dropped = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    dropping.value = false;
    attach([...(event.dataTransfer?.files ?? [])]);
  };
  const drag = { onDragOver: (/** @type {Event} */ event) => { event.preventDefault(); dropping.value = true; }, onDragLeave: () => { dropping.value = false; }, onDrop: dropped };

  return html`<form class="composer" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); send(); }} ...${drag} data-dropping=${dropping.value ? '' : null}>
    ${keyFound.value && html`<${Note} icon="key" title=${t.composer.keyFound}><p>${t.composer.keyFoundText}</p><div class="notice-ways">
      <${Button} kind="primary" onClick=${() => { const key = keyIn(text) ?? ''; keyFound.value = false; thread.draft.value = withoutKey(text); onKeyFound(key); }}>${t.composer.keySave}<//>
      <${Button} onClick=${() => { keyFound.value = false; thread.draft.value = withoutKey(text); field.current?.focus(); }}>${t.composer.keyRemove}<//></div><//>`}
    ${blocked && (showsBlocked.value || text === '') && blocked}
    ${thread.editing.value && html`<p class="composer-line"><${Icon} name="edit" />${t.composer.editing}
      <${Button} kind="link" onClick=${() => endEdit(thread)}>${t.cancel}<//></p>`}
    ${thread.queued.value && html`<p class="composer-line"><strong>${t.composer.queued}</strong> <span class="cut">${thread.queued.value.content.map((block) => block.text ?? block.title ?? '').join(' ')}</span>
      <${Button} kind="link" onClick=${() => thread.unqueue()}>${t.composer.unqueue}<//></p>`}
    ${fileFaults.value.length > 0 && html`<div role="alert">${fileFaults.value.map((words) => html`<p class="composer-line fault"><${Icon} name="warning" />${words}</p>`)}</div>`}
    ${note}${estimate.line}
    <div class="composer-box">
      ${thread.files.value.length > 0 && html`<ul class="composer-files">${thread.files.value.map((file) => html`<li key=${file.id}><${Attachment} block=${file.block} name=${file.name} />
        <${IconButton} icon="close" label=${t.composer.remove(file.name)} onClick=${() => { fileFaults.value = []; thread.files.value = thread.files.value.filter((one) => one !== file); }} /></li>`)}</ul>`}
      <textarea ref=${field} rows="1" aria-label=${t.composer.label} placeholder=${running ? t.composer.placeholderRunning : t.composer.placeholder} value=${text}
        onInput=${(/** @type {any} */ event) => { thread.draft.value = event.target.value; keyFound.value = false; }} onKeyDown=${pressed} onPaste=${pasted} />
      <div class="composer-foot">
        <${IconButton} icon="clip" label=${t.composer.attach} onClick=${() => picker.current?.click()} />
        <input ref=${picker} type="file" multiple hidden accept=${ACCEPTED} onChange=${(/** @type {any} */ event) => { attach([...event.target.files]); event.target.value = ''; }} />
        <${ModelMenu} thread=${thread} />
        <${IconButton} icon="sliders" label=${t.composer.options} onClick=${() => { options.value = true; }} />
        ${canSend && estimate.button}
        <span class="spring" />
        ${payer}
        ${running && !canSend
          ? html`<${IconButton} icon="stop" class="send" label=${t.composer.stop} onClick=${() => thread.stop()} />`
          : html`<button type="submit" class="icon-button send" aria-label=${t.composer.send} title=${t.composer.send} aria-disabled=${canSend ? null : true}><${Icon} name="send" /></button>`}
      </div>
    </div>
    ${options.value && html`<${OptionsDialog} thread=${thread} onClose=${() => { options.value = false; }} />`}
  </form>`;
}

/** @param {{ thread: import('./thread.js').Thread }} props */
function ModelMenu({ thread }) {
  const { model } = thread.options.value;
  const used = model ?? server.value?.defaultModel;
  const items = (models.value ?? []).map((one) => ({
    words: nameOf(one.id), hint: priceOf(one), checked: one.id === used,
    onChoose: () => { thread.options.value = { ...thread.options.value, model: one.id }; },
  }));
  const words = used ? nameOf(used) : t.composer.modelDefault;
  return html`<${Menu} label="${t.composer.model}: ${words}" items=${items} class="foot-button" above><span>${words}</span><${Icon} name="down" /><//>`;
}
