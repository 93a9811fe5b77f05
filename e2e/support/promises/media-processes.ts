import { readdir, readFile } from 'node:fs/promises';

/** Command lines of all processes of media tools that work on files of this folder. */
export async function mediaProcesses(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map(commandLine));
  return lines.filter((line) => /^\S*(ffmpeg|ffprobe|pocketsphinx)/.test(line) && line.includes(folder));
}

async function commandLine(pid: string): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.replaceAll('\0', ' ');
}
