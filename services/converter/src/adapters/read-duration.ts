import { JobFailure } from '@clipscribe/contracts';
import { parseFile } from 'music-metadata';

/**
 * Length in seconds of an MP3, WAV or FLAC file, read from its own headers and not from what the encoder said.
 * @throws JobFailure EMPTY_OUTPUT when there is no sound in it
 */
export async function readDuration(path: string): Promise<number> {
  try {
    const { format } = await parseFile(path, { duration: true, skipCovers: true });
    return format.duration ?? 0;
  } catch (error) {
    throw new JobFailure('EMPTY_OUTPUT', { cause: error });
  }
}
