const RATE = 8000;
/** The most samples that a frame can have. */
const BLOCK = 65_535;

/**
 * Silence of so many hours in few bytes: FLAC keeps a block of equal samples as one number (RFC 9639, section 9.2.3).
 * @param declaresLength whether the header says how long it is
 */
export function silentFlac(hours: number, { declaresLength }: { declaresLength: boolean }): Buffer {
  const frames = Math.ceil((hours * 3600 * RATE) / BLOCK);
  const marker = Buffer.from('fLaC');
  const blocks = Array.from({ length: frames }, (_, index) => frame(index));
  return Buffer.concat([marker, streamInfo(declaresLength ? frames * BLOCK : 0), ...blocks]);
}

/** Section 8.2: block sizes, frame sizes (unknown), and in 64 bits the rate, mono, 16 bits, and the number of samples. */
function streamInfo(samples: number): Buffer {
  const info = Buffer.alloc(4 + 34);
  info.writeUInt32BE(0x8000_0000 + 34, 0); // the last block of metadata, of type 0
  info.writeUInt16BE(BLOCK, 4);
  info.writeUInt16BE(BLOCK, 6);
  info.writeBigUInt64BE((BigInt(RATE) << 44n) | (15n << 36n) | BigInt(samples), 14);
  return info;
}

/** Section 9: a frame with one constant subframe of zero. */
function frame(index: number): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(BLOCK - 1);
  // 0x74: the block size follows in 16 bits; 8 kHz. 0x08: mono, 16 bits a sample.
  const head = Buffer.concat([Buffer.from([0xff, 0xf8, 0x74, 0x08, ...coded(index)]), size]);
  const checked = Buffer.concat([head, Buffer.from([crc(head, 8, 0x07)]), Buffer.from([0, 0, 0])]);
  const end = Buffer.alloc(2);
  end.writeUInt16BE(crc(checked, 16, 0x8005));
  return Buffer.concat([checked, end]);
}

/** Section 9.1.5: a number below 65,536, coded as UTF-8 codes characters. */
function coded(value: number): number[] {
  if (value < 0x80) return [value];
  if (value < 0x800) return [0xc0 | (value >> 6), 0x80 | (value & 0x3f)];
  return [0xe0 | (value >> 12), 0x80 | ((value >> 6) & 0x3f), 0x80 | (value & 0x3f)];
}

function crc(bytes: Uint8Array, width: 8 | 16, polynomial: number): number {
  const top = 1 << (width - 1);
  const mask = (1 << width) - 1;
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1)
      value = ((value & top) === 0 ? value << 1 : (value << 1) ^ polynomial) & mask;
  }
  return value;
}
