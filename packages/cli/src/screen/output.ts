import { messageLines, visible } from '@clipscribe/terminal';
import { errorText, errorView } from '../errors.ts';
import type { Screen } from './screen.ts';

export interface OutputOptions {
  json: boolean;
  quiet: boolean;
}

/** Where a command puts what it found or did: results on standard output, everything else on standard error. */
export class Output {
  readonly screen: Screen;
  readonly json: boolean;
  readonly quiet: boolean;

  constructor(screen: Screen, { json, quiet }: OutputOptions) {
    this.screen = screen;
    this.json = json;
    this.quiet = quiet;
  }

  /**
   * A result, in the form that was asked for: one line of JSON for scripts, text for people, or with --quiet the little
   * that the next command needs. An empty text prints nothing.
   */
  result(forScripts: unknown, forPeople: () => string, forQuiet: () => string = () => ''): void {
    if (this.json) this.screen.out(jsonLine(forScripts));
    else if (this.quiet) this.#text(forQuiet());
    // Names and reasons come from outside.
    else this.#text(forPeople().split('\n').map(visible).join('\n'));
  }

  /** Something worth knowing that is no part of the result. */
  note(text: string): void {
    if (!this.json && !this.quiet) this.screen.err(messageLines(text));
  }

  /** What went wrong, in one line: words, or JSON for scripts. `about` is the file or job, where there are several. */
  error(error: unknown, about?: string): void {
    if (this.json) {
      const subject = about === undefined ? {} : { about };
      this.screen.err(jsonLine({ ...subject, error: errorView(error) }));
    } else {
      // A line break in a file's name must not begin a message of its own.
      const subject = about === undefined ? '' : `${visible(about)}: `;
      this.screen.err(messageLines(subject + errorText(error)));
    }
  }

  #text(text: string): void {
    if (text !== '') this.screen.out(`${text}\n`);
  }
}

/** JSON on one line. What JSON leaves as it is and terminals may obey, it can also write as escapes. */
function jsonLine(value: unknown): string {
  const text = JSON.stringify(value).replace(
    /[\u007f-\u009f\p{Bidi_C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}
