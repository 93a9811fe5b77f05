import type { Job } from './job.ts';

/** What a `traceparent` says (W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header). */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** Of the span that asks for the work; 16 hexadecimal digits. */
  spanId: string;
  /** Whether that span is recorded. */
  isSampled: boolean;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Null for what is no valid `traceparent`, such as a version that cannot be or an id of zeros. */
export function parseTraceparent(text: string | undefined): TraceParent | null {
  const [, version, traceId = '', spanId = '', flags = '', rest] = FORM.exec(text ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** What every log line about a job carries. */
export interface JobFields {
  jobId: string;
  traceId?: string;
}

export function jobFields({ id, traceparent }: Pick<Job, 'id' | 'traceparent'>): JobFields {
  return fieldsOf(id, traceparent);
}

/** The same for a message, of which nothing but its body is known. Empty for what is no message of a job. */
export function messageFields(body: string): Partial<JobFields> {
  const { jobId, traceparent } = membersOf(body);
  if (typeof jobId !== 'string' || jobId.length > MOST_CHARACTERS) return {};
  return fieldsOf(jobId, typeof traceparent === 'string' ? traceparent : undefined);
}

/** The valid `traceparent` in the body of a message. */
export function traceparentOf(body: string): string | undefined {
  const { traceparent } = membersOf(body);
  return typeof traceparent === 'string' && parseTraceparent(traceparent) !== null ? traceparent : undefined;
}

/** Ids are shorter; nobody's long text gets into the log as one. */
const MOST_CHARACTERS = 64;

function fieldsOf(jobId: string, traceparent: string | undefined): JobFields {
  const parent = parseTraceparent(traceparent);
  return parent === null ? { jobId } : { jobId, traceId: parent.traceId };
}

function membersOf(body: string): Partial<Record<'jobId' | 'traceparent', unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
