// What is attached to a message: images, PDFs and texts, as the provider's content blocks.

import { t } from '../strings/index.js';
import { keyIn } from './guard.js';
import { newId } from './id.js';

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** What the picker offers. */
export const ACCEPTED = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/*,.md,.csv,.json';
const MB = 1024 * 1024;
/** As base64 an image may have 10 MB, and all of a message 32 MB. */
const MOST_IMAGE = Math.floor((10 * MB * 3) / 4);
const MOST_FILE = 22 * MB;

/** Why a file can't be attached, in words. */
export class Unattachable extends Error {}

/** @param {File} file @returns {Promise<string>} */
const base64 = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
  reader.onerror = () => failed(new Unattachable(t.composer.unreadable(file.name)));
  reader.readAsDataURL(file);
});

const isText = (/** @type {File} */ { type, name }) => type.startsWith('text/') || type === 'application/json' || /\.(md|txt|csv|json|ya?ml|toml|rs|py|js|ts|go|c|h|sh|sql|log)$/i.test(name);

/** A file as a content block, with what the page shows of it. @param {File} file */
export async function attached(file) {
  const isImage = IMAGES.has(file.type);
  if (file.size > (isImage ? MOST_IMAGE : MOST_FILE)) throw new Unattachable(t.composer.tooLarge(file.name, isImage ? '7.5 MB' : '22 MB'));
  const id = newId();
  if (isImage) {
    const block = { type: 'image', source: { type: 'base64', media_type: file.type, data: await base64(file) } };
    return { id, name: file.name, block };
  }
  if (file.type === 'application/pdf') {
    const block = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: await base64(file) }, title: file.name };
    return { id, name: file.name, block };
  }
  if (isText(file)) {
    const text = (await file.text()).trim();
    if (keyIn(text)) throw new Unattachable(t.composer.keyInFile(file.name));
    if (text) return { id, name: file.name, block: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, title: file.name } };
  }
  throw new Unattachable(t.composer.wrongKind(file.name));
}

/** An address under which the page can show an image that it has. @param {{ media_type: string, data: string }} source */
export function pictureUrl({ media_type: type, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: IMAGES.has(type) ? type : 'application/octet-stream' }));
}
