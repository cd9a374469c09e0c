// Files out of a zip archive, read piece by piece: neither the archive nor what is in it ever stands in memory as a whole.

import { t } from '../strings/index.js';

/** Why an archive can't be read, in words. */
export class Unreadable extends Error {}

/** @typedef {{ name: string, isEncrypted: boolean, method: number, packed: number, size: number, offset: number }} Entry */

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end's own size, and the longest comment behind it. */
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR_SIZE = 20;
/** Stands where the true number needs 64 bits. */
const ELSEWHERE = 0xffffffff;
/** Millions of files have less. */
const MOST_DIRECTORY = 256 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;

/** @param {Blob} file @param {number} from @param {number} length */
async function view(file, from, length) {
  if (from < 0 || from + length > file.size) throw new Unreadable(t.imports.broken);
  return new DataView(await file.slice(from, from + length).arrayBuffer());
}

const long = (/** @type {DataView} */ data, /** @type {number} */ at) => Number(data.getBigUint64(at, true));

/** Whether a file is such an archive. @param {Blob} file */
export async function isZip(file) {
  if (file.size < END_SIZE) return false;
  const mark = (await view(file, 0, 4)).getUint32(0, true);
  return mark === LOCAL || mark === END;
}

/** Where the directory stands. @param {Blob} file */
async function directory(file) {
  const length = Math.min(file.size, END_SIZE + LONGEST_COMMENT);
  const start = file.size - length;
  const tail = await view(file, start, length);
  let at = length - END_SIZE;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new Unreadable(t.imports.broken);
  const [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (size !== ELSEWHERE && offset !== ELSEWHERE) return { size, offset };
  const locator = await view(file, start + at - LOCATOR_SIZE, LOCATOR_SIZE);
  if (locator.getUint32(0, true) !== LOCATOR_64) throw new Unreadable(t.imports.broken);
  const end = await view(file, long(locator, 8), 56);
  if (end.getUint32(0, true) !== END_64) throw new Unreadable(t.imports.broken);
  return { size: long(end, 40), offset: long(end, 48) };
}

/** Sizes and offset of an entry; those that need 64 bits stand in its extra field. @param {DataView} data @param {number} at @param {number} extra @param {number} extraLength */
function numbers(data, at, extra, extraLength) {
  let [packed, size, offset] = [data.getUint32(at + 20, true), data.getUint32(at + 24, true), data.getUint32(at + 42, true)];
  for (let field = extra; field + 4 <= extra + extraLength; field += 4 + data.getUint16(field + 2, true)) {
    if (data.getUint16(field, true) !== 1) continue;
    let next = field + 4;
    const take = () => { next += 8; return long(data, next - 8); };
    if (size === ELSEWHERE) size = take();
    if (packed === ELSEWHERE) packed = take();
    if (offset === ELSEWHERE) offset = take();
    break;
  }
  return { packed, size, offset };
}

/** What is in an archive. @param {Blob} file @returns {Promise<Entry[]>} */
export async function entriesOf(file) {
  const { size, offset } = await directory(file);
  if (size > MOST_DIRECTORY) throw new Unreadable(t.imports.broken);
  const data = await view(file, offset, size);
  const words = new TextDecoder();
  const entries = [];
  try {
    for (let at = 0; at + 46 <= size;) {
      if (data.getUint32(at, true) !== ENTRY) throw new Unreadable(t.imports.broken);
      const [name, extra, comment] = [data.getUint16(at + 28, true), data.getUint16(at + 30, true), data.getUint16(at + 32, true)];
      entries.push({
        name: words.decode(new Uint8Array(data.buffer, at + 46, name)),
        isEncrypted: (data.getUint16(at + 8, true) & 1) === 1,
        method: data.getUint16(at + 10, true),
        ...numbers(data, at, at + 46 + name, extra),
      });
      at += 46 + name + extra + comment;
    }
  } catch (fault) {
    throw fault instanceof RangeError ? new Unreadable(t.imports.broken) : fault;
  }
  return entries;
}

/** An entry's content, unpacked. @param {Blob} file @param {Entry} entry @param {{ onRead: (bytes: number) => void, signal: AbortSignal }} how @returns {Promise<Blob>} */
export async function unpacked(file, entry, { onRead, signal }) {
  if (entry.isEncrypted) throw new Unreadable(t.imports.encrypted);
  if (entry.method !== STORED && entry.method !== DEFLATED) throw new Unreadable(t.imports.method);
  const head = await view(file, entry.offset, 30);
  if (head.getUint32(0, true) !== LOCAL) throw new Unreadable(t.imports.broken);
  const start = entry.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (start + entry.packed > file.size) throw new Unreadable(t.imports.broken);
  let read = 0;
  const counted = new TransformStream({ transform(/** @type {Uint8Array} */ piece, out) { read += piece.length; onRead(read); out.enqueue(piece); } });
  let content = /** @type {ReadableStream} */ (file.slice(start, start + entry.packed).stream().pipeThrough(counted, { signal }));
  if (entry.method === DEFLATED) content = content.pipeThrough(/** @type {any} */ (new DecompressionStream('deflate-raw')), { signal });
  const whole = await new Response(content).blob().catch(() => {
    signal.throwIfAborted();
    throw new Unreadable(t.imports.broken);
  });
  if (whole.size !== entry.size) throw new Unreadable(t.imports.broken);
  return whole;
}
