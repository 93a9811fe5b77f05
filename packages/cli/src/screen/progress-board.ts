import { padEnd, truncate, visible } from '@clipscribe/terminal';
import type { Output } from './output.ts';
import { percentText } from './units.ts';

/** Where one piece of work stands. */
export interface Progress {
  /** Such as `uploading`; a change of it is news. */
  stage: string;
  /** 0 to 1. */
  fraction?: number;
  /** Such as the speed. */
  detail?: string;
}

/** The line of one piece of work. */
export interface ProgressRow {
  show: (progress: Progress) => void;
  /** Takes the line away. */
  end: () => void;
}

/** Shows how far several pieces of work have come. */
export interface ProgressBoard {
  row: (name: string) => ProgressRow;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 10_000;
const NAME_COLUMNS = 28;
const BAR_COLUMNS = 20;
/** A name, a bar and a percentage take so many; where there are fewer, the bar is left out and the name is shorter. */
const WIDE_COLUMNS = 60;
/** What is kept for the percentage and the stage there. */
const STAGE_COLUMNS = 20;

/** Bars on a terminal, plain lines elsewhere, nothing for scripts. */
export function createBoard(out: Output): ProgressBoard {
  if (out.json || out.quiet) return { row: () => ({ show: () => undefined, end: () => undefined }) };
  return out.screen.isTerminal ? new BarBoard(out) : new LineBoard(out);
}

class BarBoard implements ProgressBoard {
  readonly #out: Output;
  readonly #rows = new Map<symbol, { name: string; progress: Progress | undefined }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(out: Output) {
    this.#out = out;
  }

  row(name: string): ProgressRow {
    const key = Symbol(name);
    this.#rows.set(key, { name, progress: undefined });
    return {
      show: (progress) => {
        if (!this.#rows.has(key)) return;
        this.#rows.set(key, { name, progress });
        this.#timer ??= setTimeout(() => {
          this.#redraw();
        }, REDRAW_MS);
      },
      end: () => {
        this.#rows.delete(key);
        this.#redraw();
      },
    };
  }

  #redraw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { screen } = this.#out;
    const lines = [...this.#rows.values()].map(({ name, progress }) =>
      barLine(name, progress, screen.columns),
    );
    screen.foot(lines);
  }
}

/** A name, a bar, and what is being done; never wider than `columns`. */
export function barLine(name: string, progress: Progress | undefined, columns: number): string {
  const isWide = columns >= WIDE_COLUMNS;
  const nameColumns = isWide ? NAME_COLUMNS : Math.min(NAME_COLUMNS, Math.max(4, columns - STAGE_COLUMNS));
  const title = padEnd(truncate(visible(name), nameColumns), nameColumns);
  if (progress === undefined) return truncate(`${title}  waiting`, columns);
  const { stage, fraction, detail = '' } = progress;
  const bar =
    fraction === undefined
      ? ''
      : `${isWide ? `${bars(fraction)} ` : ''}${percentText(fraction).padStart(5)}  `;
  return truncate(`${title}  ${bar}${visible(stage)}${detail === '' ? '' : `  ${visible(detail)}`}`, columns);
}

function bars(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_COLUMNS);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)}]`;
}

/** A line at each new stage, and now and then between. */
class LineBoard implements ProgressBoard {
  readonly #out: Output;

  constructor(out: Output) {
    this.#out = out;
  }

  row(name: string): ProgressRow {
    let lastStage = '';
    let lastAt = 0;
    return {
      show: ({ stage, fraction, detail }) => {
        const now = performance.now();
        if (stage === lastStage && now - lastAt < LINE_EVERY_MS) return;
        lastStage = stage;
        lastAt = now;
        const parts = [stage, fraction === undefined ? undefined : percentText(fraction), detail];
        this.#out.note(
          `${visible(name)}: ${parts.filter((part) => part !== undefined && part !== '').join(', ')}`,
        );
      },
      end: () => undefined,
    };
  }
}
