import { readdirSync, readFileSync } from 'node:fs';

export interface MediaProcess {
  id: number;
  /** Its command line, with a space between two words. */
  line: string;
}

/**
 * All processes of media tools that work on files of this folder, the youngest first. Read at one go: some live for a
 * second, and one reading after the other could take as long on a machine that has much else to do.
 */
export function mediaProcesses(folder: string): MediaProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => other - one)
    .map((id) => ({ id, line: commandLine(id) }))
    .filter(({ line }) => /^\S*(ffmpeg|ffprobe|pocketsphinx)/.test(line) && line.includes(folder));
}

function commandLine(id: number): string {
  try {
    return readFileSync(`/proc/${String(id)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
