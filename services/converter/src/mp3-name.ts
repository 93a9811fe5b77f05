import { parse } from 'node:path';
import type { Job } from '@clipscribe/contracts';

/** Title tag of the MP3: what the owner asked for, else the file's name without its ending. */
export function mp3Title(job: Job): string {
  return job.options.title ?? parse(job.source.name).name;
}

/** Name under which the MP3 is downloaded. */
export function mp3Name(job: Job): string {
  return `${parse(job.source.name).name}.mp3`;
}
