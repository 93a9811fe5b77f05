import type { Span, SpanOptions } from './span.ts';
import { currentContext, inSpanContext } from './trace-context.ts';

/** Does the work as a part of the span under way; without one, the work is just done. */
export async function inSpan<T>(
  name: string,
  options: Omit<SpanOptions, 'parent'>,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = currentContext().span?.child(name, options);
  if (span === undefined) return work(undefined);
  return runSpan(span, () => work(span));
}

/** Does the work in a span that was started for it, and ends it; what the work throws is noted by its code. */
export async function runSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await inSpanContext(span, work);
  } catch (error) {
    span.fail(codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Never the message of an error, which may name what is nobody else's business. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'UNKNOWN';
}
