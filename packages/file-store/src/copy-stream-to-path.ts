import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes the stream to a new file; nothing is left of it after a failure. @throws errors of the disk as they are */
export async function copyStreamToPath(content: Readable, path: string, signal?: AbortSignal): Promise<void> {
  const file = await open(path, 'wx').catch((error: unknown) => {
    content.destroy();
    throw error;
  });
  try {
    await pipeline(content, file.createWriteStream(), signal === undefined ? {} : { signal });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
