import { inflateRawSync } from 'node:zlib';

/** Signatures, and where the fields are: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3. */
const END = 0x06054b50;
const ENTRY = 0x02014b50;

/**
 * One file of a zip archive of less than 4 GiB.
 * @param {Buffer} archive
 * @param {string} name
 * @returns {Buffer}
 * @throws Error when it is not in there
 */
export function readZipEntry(archive, name) {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt32LE(end) !== END) throw new Error('this is no zip archive');
  let offset = archive.readUInt32LE(end + 16);
  while (archive.readUInt32LE(offset) === ENTRY) {
    const nameLength = archive.readUInt16LE(offset + 28);
    const entryName = archive.toString('utf8', offset + 46, offset + 46 + nameLength);
    if (entryName === name) return content(archive, offset);
    offset += 46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  throw new Error(`the archive has no ${name}`);
}

function content(archive, entry) {
  const isDeflated = archive.readUInt16LE(entry + 10) === 8;
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  return isDeflated ? inflateRawSync(packed) : packed;
}
