import { z } from 'zod';

/** A line of text that somebody typed, trimmed; `max` is in UTF-16 code units. */
export function plainText(max: number): z.ZodString {
  return (
    z
      .string()
      .trim()
      .min(1, { error: 'must not be empty' })
      .max(max, { error: `must be at most ${String(max)} characters` })
      // eslint-disable-next-line no-control-regex -- control characters are exactly what is refused here
      .regex(/^[^\u0000-\u001f\u007f]*$/, { error: 'must not contain control characters' })
  );
}
