import { describeZodError, HttpProblem } from '@clipscribe/runtime';
import type { z } from 'zod';

/** Collects the options of a request, and refuses a wrong one as soon as it is seen. */
export class OptionFields<S extends z.ZodObject> {
  readonly #schema: S;
  readonly #names: readonly string[];
  readonly #fields = new Map<string, unknown>();

  constructor(schema: S) {
    this.#schema = schema;
    this.#names = Object.keys(schema.shape);
  }

  /** An empty field counts as absent. @throws HttpProblem INVALID_OPTION */
  add(name: string, value: unknown): void {
    if (!this.#names.includes(name)) {
      throw new HttpProblem(
        'INVALID_OPTION',
        `Unknown option "${name.slice(0, 50)}". Options are: ${this.#names.join(', ')}.`,
      );
    }
    if (typeof value !== 'string' || value.trim() !== '') this.#fields.set(name, value);
    this.options();
  }

  /** @throws HttpProblem INVALID_OPTION */
  options(): z.output<S> {
    const parsed = this.#schema.safeParse(Object.fromEntries(this.#fields));
    if (parsed.success) return parsed.data;
    throw new HttpProblem('INVALID_OPTION', describeZodError(parsed.error), { cause: parsed.error });
  }
}
