import { messageLines } from '@clipscribe/terminal';

/** Where a command puts what it found or did. */
export interface Output {
  /** The result, in the form that was asked for: JSON for scripts, or text for people. */
  result: (forScripts: unknown, forPeople: () => string) => void;
  /** Something worth knowing that is no part of the result. */
  note: (text: string) => void;
}

export interface TextSink {
  write: (text: string) => unknown;
}

export function createOutput(stdout: TextSink, stderr: TextSink, { json }: { json: boolean }): Output {
  return {
    result: (forScripts, forPeople) => {
      stdout.write(`${json ? JSON.stringify(forScripts, undefined, 2) : forPeople()}\n`);
    },
    note: (text) => {
      stderr.write(messageLines(text));
    },
  };
}

/** ISO 8601 in UTC, from ms since the epoch. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
