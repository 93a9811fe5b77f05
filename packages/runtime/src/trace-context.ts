import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from './span.ts';

/** What the work under way is about: every log line that is written by it carries the ids. */
export interface TraceContext {
  jobId?: string | undefined;
  traceId?: string | undefined;
  /** Absent while nothing is traced. */
  span?: Span | undefined;
}

const storage = new AsyncLocalStorage<TraceContext>();

/** Does the work, and all that it starts, in this context in place of the one around. */
export function inContext<T>(context: TraceContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the caller; empty outside of any. */
export function currentContext(): Readonly<TraceContext> {
  return storage.getStore() ?? {};
}

/** Adds to the context of the caller, for whatever works in it. */
export function extendContext(context: TraceContext): void {
  Object.assign(storage.getStore() ?? {}, context);
}

/** It has turned out which job the request under way is about. */
export function aboutJob(jobId: string): void {
  extendContext({ jobId });
  currentContext().span?.set({ 'clipscribe.job.id': jobId });
}

/** The ids for log lines; those that are not known are undefined, and not written. */
export function contextFields(
  { jobId, traceId }: TraceContext = currentContext(),
): Pick<TraceContext, 'jobId' | 'traceId'> {
  return { jobId, traceId };
}

/** `traceparent` of the span under way, for what it asks others to do; undefined while nothing is traced. */
export function currentTraceparent(): string | undefined {
  return currentContext().span?.traceparent;
}

/** Does the work, and all that it starts, as that of this span, in the context around it otherwise. */
export function inSpanContext<T>(span: Span, work: () => T): T {
  return inContext({ ...currentContext(), traceId: span.traceId, span }, work);
}
