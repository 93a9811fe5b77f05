import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type LogLine = Readonly<Record<string, unknown>> & { service?: unknown; msg?: unknown };

/** The JSON lines among what was printed. */
export function logLines(printed: string): LogLine[] {
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine); // objects, as pino writes them
}

/** The lines of all log files in a folder. */
export async function logLinesIn(folder: string): Promise<LogLine[]> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).flatMap(logLines);
}
