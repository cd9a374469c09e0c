// What is attached to a message: images, PDFs and texts, as the provider's content blocks. What the server or Anthropic would
// refuse is refused here, before anything is sent.

import { t } from '../strings/index.js';
import { keyIn } from './guard.js';
import { newId } from './id.js';

/** @typedef {{ id: string, name: string, block: any, edge?: number }} Attached `edge` is the longer one of an image, in pixels */

/** What the picker offers. */
export const ACCEPTED = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/*,.md,.csv,.json';
const MB = 1024 * 1024;
/** Of one image, as base64. */
const MOST_IMAGE = 10 * MB;
/** Of a message with all that is in it, less some room for its words. */
const MOST_MESSAGE = 32 * MB - MB / 2;
const MOST_EDGE = 8_000;
/** More images than these must be smaller. */
const MANY = 20;
const MOST_EDGE_AMONG_MANY = 2_000;
/** Enough to know a file by. */
const HEAD = 1024;

/** Why a file can't be attached, in words. */
export class Unattachable extends Error {}

/** What a file is by its first bytes, whatever it is called. @param {File} file */
async function typeOf(file) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('\xFF\xD8\xFF')) return 'image/jpeg';
  if (head.startsWith('GIF8')) return 'image/gif';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'image/webp';
  return head.includes('%PDF-') && !isText(file) ? 'application/pdf' : null;
}

/** @param {File} file @returns {Promise<string>} */
const base64 = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
  reader.onerror = () => failed(new Unattachable(t.composer.unreadable(file.name)));
  reader.readAsDataURL(file);
});

/** The longer edge of an image. @param {File} file @returns {Promise<number>} */
const edgeOf = (file) => new Promise((done, failed) => {
  const url = URL.createObjectURL(file);
  const picture = new Image();
  picture.onload = () => { URL.revokeObjectURL(url); done(Math.max(picture.naturalWidth, picture.naturalHeight)); };
  picture.onerror = () => { URL.revokeObjectURL(url); failed(new Unattachable(t.composer.unreadable(file.name))); };
  picture.src = url;
});

const isText = (/** @type {File} */ { type, name }) => type.startsWith('text/') || type === 'application/json' || /\.(md|txt|csv|json|ya?ml|toml|rs|py|js|ts|go|c|h|sh|sql|log)$/i.test(name);
/** How many letters so many bytes are as base64. */
const encoded = (/** @type {number} */ bytes) => Math.ceil(bytes / 3) * 4;
const isImage = (/** @type {any} */ block) => block.type === 'image';

/** Refuses what doesn't fit beside the others. @param {File} file @param {Attached[]} others @param {number} length */
function checkRoom(file, others, length) {
  const sum = others.reduce((all, { block }) => all + (block.source?.data?.length ?? 0), length);
  if (sum > MOST_MESSAGE) throw new Unattachable(t.composer.noRoom(file.name));
}

/** Refuses an image too many, or one that is too large among so many. @param {Attached} image @param {Attached[]} others @param {{ images: number, most: number }} thread */
function checkImages(image, others, { images, most }) {
  const all = [...others.filter(({ block }) => isImage(block)), image];
  const count = images + all.length;
  if (count > most) throw new Unattachable(t.composer.tooMany(most));
  const wide = count > MANY && all.find(({ edge = 0 }) => edge > MOST_EDGE_AMONG_MANY);
  if (wide) throw new Unattachable(t.composer.tooWideAmongMany(wide.name));
}

/**
 * A file as a content block, with what the page shows of it.
 * @param {File} file @param {Attached[]} others what is attached already
 * @param {{ images: number, most: number }} thread how many images the conversation has, and how many it may have
 * @returns {Promise<Attached>}
 */
export async function attached(file, others, thread) {
  const { name } = file;
  const type = await typeOf(file).catch(() => { throw new Unattachable(t.composer.unreadable(name)); });
  if (type === null) return attachedText(file, others);
  const isPicture = type !== 'application/pdf';
  if (isPicture && encoded(file.size) > MOST_IMAGE) throw new Unattachable(t.composer.tooLarge(name, '7.5 MB'));
  checkRoom(file, others, encoded(file.size));
  const edge = isPicture ? await edgeOf(file) : 0;
  if (edge > MOST_EDGE) throw new Unattachable(t.composer.tooWide(name));
  const source = { type: 'base64', media_type: type, data: await base64(file) };
  const made = { id: newId(), name, edge, block: isPicture ? { type: 'image', source } : { type: 'document', source, title: name } };
  if (isPicture) checkImages(made, others, thread);
  return made;
}

/** @param {File} file @param {Attached[]} others @returns {Promise<Attached>} */
async function attachedText(file, others) {
  const { name } = file;
  if (!isText(file)) throw new Unattachable(t.composer.wrongKind(name));
  checkRoom(file, others, file.size);
  const text = (await file.text()).trim();
  if (!text) throw new Unattachable(t.composer.empty(name));
  if (keyIn(text)) throw new Unattachable(t.composer.keyInFile(name));
  return { id: newId(), name, block: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, title: name } };
}

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** An address under which the page can show an image that it has. @param {{ media_type: string, data: string }} source */
export function pictureUrl({ media_type: type, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: PICTURES.has(type) ? type : 'application/octet-stream' }));
}
