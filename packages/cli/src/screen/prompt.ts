import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** Asks a person at a terminal. Questions go to standard error: standard output is for results. */
export interface Prompt {
  ask: (question: string) => Promise<string>;
  /** What is typed is not shown. */
  askHidden: (question: string) => Promise<string>;
}

/** @param signal ends a question that is being asked */
export function createPrompt(input: Readable, output: Writable, signal: AbortSignal): Prompt {
  return {
    ask: (question) =>
      readLine(input, output, signal, (ask) => {
        ask(question);
      }),
    askHidden: async (question) => {
      // With a terminal as input, readline echoes by itself, and only to its output.
      const nothing = new Writable({
        write: (_chunk, _encoding, done) => {
          done();
        },
      });
      try {
        return await readLine(input, nothing, signal, (ask) => {
          // The terminal has stopped to echo before anybody is asked to type.
          output.write(question);
          ask('');
        });
      } finally {
        output.write('\n');
      }
    },
  };
}

function readLine(
  input: Readable,
  output: Writable,
  signal: AbortSignal,
  begin: (ask: (question: string) => void) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input, output, terminal: true, historySize: 0 });
    let answer: string | undefined;
    const close = (): void => {
      lines.close();
    };
    // While a line is read, Ctrl-C and Ctrl-D arrive here and not as a signal.
    lines.on('SIGINT', close);
    signal.addEventListener('abort', close, { once: true });
    lines.on('close', () => {
      signal.removeEventListener('abort', close);
      if (answer !== undefined) resolve(answer);
      else reject(new CliError('INTERRUPTED', 'nothing was entered', { exitCode: exitCodes.interrupted }));
    });
    begin((question) => {
      lines.question(question, (text) => {
        answer = text;
        lines.close();
      });
    });
    if (signal.aborted) close();
  });
}
