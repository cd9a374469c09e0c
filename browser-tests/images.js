// Images as bytes, of any size.

import { crc32, deflateSync } from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, at) => { let sum = at; for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1; return sum >>> 0; });
/** Older versions of Node have no checksum of their own. */
const checksum = crc32 ?? ((bytes) => { let sum = 0xffffffff; for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8); return (sum ^ 0xffffffff) >>> 0; });

function chunk(kind, content) {
  const body = Buffer.concat([Buffer.from(kind), content]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(content.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(checksum(body), 4 + body.length);
  return out;
}

/** A black PNG of so many pixels; with `filling` it has that many bytes more. */
export function png(width, height, filling = 0) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(1, 8);
  const pixels = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  const text = filling > 0 ? [chunk('tEXt', Buffer.concat([Buffer.from('x\0'), Buffer.alloc(filling, 'y')]))] : [];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), ...text, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}
