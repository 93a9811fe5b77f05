import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** 16 kHz, mono, 16 bits. */
const BYTES_PER_SECOND = 32_000;
const WARM_UP_SECONDS = 8;
const PAUSE_SECONDS = 1;

/**
 * Writes the samples of a WAV file of 16 kHz, mono, 16 bits, with its own first seconds and a pause before them: an engine
 * that gets used to a speaker while it listens has then done so when the recording begins.
 * @returns where the recording begins, in seconds
 */
export async function writeWarmedUp(wav: string, output: string): Promise<number> {
  const start = await samplesStart(wav);
  const bytes = WARM_UP_SECONDS * BYTES_PER_SECOND;
  await pipeline(createReadStream(wav, { start, end: start + bytes - 1 }), createWriteStream(output));
  const file = await open(output, 'a');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(PAUSE_SECONDS * BYTES_PER_SECOND));
  await pipeline(createReadStream(wav, { start }), file.createWriteStream());
  return size / BYTES_PER_SECOND + PAUSE_SECONDS;
}

/** Where the samples begin: after the header of the chunk `data`, before which others may come (RIFF). */
async function samplesStart(wav: string): Promise<number> {
  const file = await open(wav);
  try {
    const header = Buffer.alloc(8);
    // After "RIFF", the size and "WAVE".
    for (let at = 12; ;) {
      const { bytesRead } = await file.read(header, 0, header.length, at);
      if (bytesRead < header.length) throw new Error('a WAV file without samples');
      if (header.toString('latin1', 0, 4) === 'data') return at + header.length;
      at += header.length + header.readUInt32LE(4);
    }
  } finally {
    await file.close();
  }
}
