import { createLog, type Log } from '@clipscribe/runtime';

/** A log whose lines a test can look at. */
export class LogLines {
  readonly lines: string[] = [];
  readonly log: Log = createLog('test', {
    level: 'debug',
    destination: { write: (line) => this.lines.push(line) },
  });

  get text(): string {
    return this.lines.join('');
  }

  /** How many lines hold all of these texts. */
  count(...texts: readonly string[]): number {
    return this.lines.filter((line) => texts.every((text) => line.includes(text))).length;
  }
}
