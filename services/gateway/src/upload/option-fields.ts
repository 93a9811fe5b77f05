import { optionNames, uploadOptionsSchema, type UploadOptions } from '@clipscribe/contracts';
import { describeZodError, HttpProblem } from '@clipscribe/runtime';

/** Collects the option fields of an upload, and refuses a wrong one as soon as it is seen. */
export class OptionFields {
  readonly #fields = new Map<string, string>();

  /** @throws HttpProblem INVALID_OPTION */
  add(name: string, value: string): void {
    if (!optionNames.includes(name)) {
      throw new HttpProblem(
        'INVALID_OPTION',
        `Unknown option "${name.slice(0, 50)}". Options are: ${optionNames.join(', ')}.`,
      );
    }
    if (value.trim() !== '') this.#fields.set(name, value);
    this.options();
  }

  /** @throws HttpProblem INVALID_OPTION */
  options(): UploadOptions {
    const parsed = uploadOptionsSchema.safeParse(Object.fromEntries(this.#fields));
    if (parsed.success) return parsed.data;
    throw new HttpProblem('INVALID_OPTION', describeZodError(parsed.error), { cause: parsed.error });
  }
}
