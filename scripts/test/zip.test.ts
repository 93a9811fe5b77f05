import { deflateRawSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { readZipEntry } from '../lib/zip.mjs';

interface Entry {
  name: string;
  text: string;
  deflated: boolean;
}

/** A zip archive as section 4.3 of its specification has it, with an extra field before each content. */
function zip(entries: readonly Entry[]): Buffer {
  const extra = Buffer.from([0x55, 0x54, 0, 0]);
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, deflated } of entries) {
    const content = deflated ? deflateRawSync(text) : Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    common.writeUInt16LE(extra.length, 24);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), extra, content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), common, rest, Buffer.from(name), extra]));
    files.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, ...directory, Buffer.from('PK\x05\x06'), end]);
}

const archive = zip([
  { name: 'first', text: 'not this one', deflated: false },
  { name: 'folder/packed', text: 'again '.repeat(100), deflated: true },
  { name: 'folder/plain', text: 'as it is', deflated: false },
]);

it('reads one file of an archive, packed or not', () => {
  expect(readZipEntry(archive, 'folder/packed').toString()).toBe('again '.repeat(100));
  expect(readZipEntry(archive, 'folder/plain').toString()).toBe('as it is');
});

it('says what it cannot read', () => {
  expect(() => readZipEntry(archive, 'folder')).toThrow('the archive has no folder');
  expect(() => readZipEntry(Buffer.from('<html>'), 'a')).toThrow('this is no zip archive');
});
