import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Reads subtitles with ffmpeg and writes them as SubRip. Its complaints are an error. */
export async function throughFfmpeg(content: string, extension: 'srt' | 'vtt'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'transcript-'));
  try {
    const path = join(folder, `subtitles.${extension}`);
    await writeFile(path, content);
    const args = ['-v', 'warning', '-i', `file:${path}`, '-f', 'srt', '-'];
    const { stdout, stderr } = await run('ffmpeg', args, { maxBuffer: 2 ** 26 });
    if (stderr !== '') throw new Error(`ffmpeg: ${stderr}`);
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
