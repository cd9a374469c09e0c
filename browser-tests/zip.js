// Archives as exporters make them, put together byte by byte.

import { crc32, deflateRawSync } from 'node:zlib';

const FAR = 0xffffffff;

/** Numbers of 2, 4 or 8 bytes. */
const bytes = (...numbers) => Buffer.concat(numbers.map(([size, value]) => {
  const part = Buffer.alloc(size);
  if (size === 8) part.writeBigUInt64LE(BigInt(value));
  else part.writeUIntLE(value, 0, size);
  return part;
}));

/**
 * A zip of these files. `is64` writes sizes and offsets as large archives have them, `isLocked` marks the files as encrypted,
 * `comment` stands at the end.
 * @param {{ name: string, content: string, isStored?: boolean, isLocked?: boolean }[]} files
 */
export function zip(files, { is64 = false, comment = '' } = {}) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, content, isStored = false, isLocked = false } of files) {
    const plain = Buffer.from(content);
    const packed = isStored ? plain : deflateRawSync(plain);
    const [flags, method, title] = [isLocked ? 1 : 0, isStored ? 0 : 8, Buffer.from(name)];
    const size = (length) => (is64 ? FAR : length);
    const extra = is64 ? bytes([2, 1], [2, 24], [8, plain.length], [8, packed.length], [8, offset]) : Buffer.alloc(0);
    const sum = crc32?.(plain) ?? 0;
    const local = Buffer.concat([bytes([4, 0x04034b50], [2, 45], [2, flags], [2, method], [4, 0], [4, sum], [4, size(packed.length)], [4, size(plain.length)], [2, title.length], [2, 0]), title, packed]);
    directory.push(bytes([4, 0x02014b50], [2, 45], [2, 45], [2, flags], [2, method], [4, 0], [4, sum], [4, size(packed.length)], [4, size(plain.length)], [2, title.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, size(offset)]), title, extra);
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end64 = is64 ? Buffer.concat([
    bytes([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, files.length], [8, files.length], [8, list.length], [8, offset]),
    bytes([4, 0x07064b50], [4, 0], [8, offset + list.length], [4, 1]),
  ]) : Buffer.alloc(0);
  const end = bytes([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, is64 ? FAR : list.length], [4, is64 ? FAR : offset], [2, comment.length]);
  return Buffer.concat([...parts, list, end64, end, Buffer.from(comment)]);
}
