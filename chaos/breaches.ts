import { breach, type Breach } from '../e2e/support/promises/ledger.ts';

/** Collects what was found to be wrong, each thing once. */
export class Breaches {
  readonly #found = new Map<string, Breach>();
  readonly #onFound: (found: Breach) => void;

  constructor(onFound: (found: Breach) => void) {
    this.#onFound = onFound;
  }

  add(subject: string, what: string): void {
    const key = `${subject} ${what}`;
    if (this.#found.has(key)) return;
    const found = breach(subject, what);
    this.#found.set(key, found);
    this.#onFound(found);
  }

  get all(): Breach[] {
    return [...this.#found.values()];
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
