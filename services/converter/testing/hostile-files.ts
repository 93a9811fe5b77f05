import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

/** Bytes that look random and are the same every time. */
export function noise(bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) =>
    createHash('sha256').update(String(index)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** A RIFF WAV file whose header says whatever it is told, in front of silence. */
export function wav(header: {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  dataBytes: number;
}): Buffer {
  const { tag = 1, channels = 1, rate = 8000, bits = 8, dataBytes } = header;
  const block = channels * (bits / 8);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + dataBytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * block) >>> 0, 28);
  head.writeUInt16LE(block & 0xffff, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([head, Buffer.alloc(dataBytes, 0x80)]);
}

/** An ISO base media box (ISO/IEC 14496-12): size, four characters, content. */
export function box(type: string, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

/** `moov` in `moov` in `moov` …; built from the inside by sizes alone. */
export function nestedMoov(depth: number): Buffer {
  const boxes = Buffer.alloc(depth * 8);
  for (let level = 0; level < depth; level += 1) {
    boxes.writeUInt32BE((depth - level) * 8, level * 8);
    boxes.write('moov', level * 8 + 4, 'latin1');
  }
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), boxes]);
}

/** A copy with 32-bit big-endian numbers changed in the first box of this type; offsets count from its content. */
export function patchBox(file: Buffer, type: string, numbers: Readonly<Record<number, number>>): Buffer {
  const at = file.indexOf(type, 0, 'latin1');
  if (at < 0) throw new Error(`there is no ${type} in the file`);
  const copy = Buffer.from(file);
  for (const [offset, value] of Object.entries(numbers)) copy.writeUInt32BE(value, at + 4 + Number(offset));
  return copy;
}

/** A copy with every n-th byte turned over; the first bytes stay, so that the container is still recognised. */
export function flipEvery(file: Buffer, step: number): Buffer {
  const copy = Buffer.from(file);
  for (let index = step; index < copy.length; index += step) copy[index] = ~(copy[index] ?? 0) & 0xff;
  return copy;
}

/** A GIF of one frame that claims this size. */
export function gif(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  const screen = Buffer.concat([size, Buffer.from([0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff])]);
  const frame = Buffer.concat([
    Buffer.from([0x2c, 0, 0, 0, 0]),
    size,
    Buffer.from([0, 2, 2, 0x4c, 1, 0, 0x3b]),
  ]);
  return Buffer.concat([Buffer.from('GIF89a'), screen, frame]);
}

/** The header of a FLIC animation that claims 65,535 frames of 65,535 × 65,535. */
export function flic(): Buffer {
  const header = Buffer.alloc(128);
  header.writeUInt32LE(128, 0);
  header.writeUInt16LE(0xaf12, 4);
  for (const offset of [6, 8, 10]) header.writeUInt16LE(0xffff, offset);
  header.writeUInt16LE(8, 12);
  return header;
}

/** A ZIP archive with one stored text file. */
export function zip(name: string, content: string): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt32LE(content.length, 18);
  head.writeUInt32LE(content.length, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), Buffer.from(content)]);
}

/** A ZIP archive of one file of zeros, a thousand times as large as the archive. */
export function zipBomb(bytes: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(bytes));
  const name = 'zeros';
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(8, 8); // deflated
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(bytes, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), packed]);
}

/** An ID3v2.3 tag whose size says that it goes on for 256 MB, in front of the given bytes. */
export function lyingId3(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('ID3\x03\0\0\x7f\x7f\x7f\x7f', 'latin1'), content]);
}

export const text = {
  plain: 'Dear diary,\ntoday nobody made a sound.\n'.repeat(200),
  html: '<!doctype html><html><head><title>404</title></head><body><h1>Not found</h1></body></html>\n',
  svg: '<svg xmlns="http://www.w3.org/2000/svg" width="65535" height="65535"><rect width="1" height="1"/></svg>\n',
  hls: (target: string) =>
    `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${target}\n#EXT-X-ENDLIST\n`,
  concat: (target: string) => `ffconcat version 1.0\nfile '${target}'\n`,
  dash: (target: string) =>
    `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S" minBufferTime="PT1S"
 profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period duration="PT10S"><AdaptationSet mimeType="audio/mp4">
<Representation id="a" bandwidth="64000" codecs="mp4a.40.2"><BaseURL>${target}</BaseURL>
<SegmentList duration="10"><SegmentURL media="${target}"/></SegmentList></Representation></AdaptationSet></Period></MPD>
`,
  sdp: (port: number) =>
    `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio ${String(port)} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n`,
} as const;
