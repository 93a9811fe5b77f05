import { jobFields, type Job, type QueueName } from '@clipscribe/contracts';
import { inContext, runSpan, type Span, type SpanAttributes } from '@clipscribe/runtime';
import type { ProtocolPorts } from './transition.ts';

/** How an attempt at a piece of work ended; `lost`: somebody else has the job, or nobody has it any more. */
export interface AttemptEnd {
  outcome: 'done' | 'failed' | 'given-back' | 'lost';
  /** Of the failure. */
  code?: string;
}

/** A piece of work, as those see it who watch. */
export interface WatchedWork {
  /** That of the message which asked for it; also the name of the stage. */
  queue: QueueName;
  job: Job;
  attributes?: SpanAttributes | undefined;
}

/**
 * Does an attempt so that it can be watched: what it logs carries the ids of its job, its time is counted, and it is a
 * part of the job's trace. A job that came without a trace begins none, as its steps would be traces of their own.
 */
export async function observeWork(
  ports: ProtocolPorts,
  watched: WatchedWork,
  attempt: () => Promise<AttemptEnd>,
): Promise<void> {
  const { queue: stage, job } = watched;
  const startedAt = performance.now();
  let outcome: AttemptEnd['outcome'] = 'failed';
  try {
    const span = startSpan(ports, watched);
    ({ outcome } = await inContext(jobFields(job), () =>
      span === undefined ? attempt() : runSpan(span, () => told(span, attempt)),
    ));
  } finally {
    ports.metrics?.stageSeconds.observe({ stage, outcome }, (performance.now() - startedAt) / 1000);
  }
}

function startSpan(
  { tracer, queue: { system } }: ProtocolPorts,
  { queue, job, attributes }: WatchedWork,
): Span | undefined {
  if (job.traceparent === undefined) return undefined;
  return tracer?.start(`process ${queue}`, {
    kind: 'consumer',
    parent: job.traceparent,
    attributes: {
      'messaging.system': system,
      'messaging.destination.name': queue,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'clipscribe.job.id': job.id,
      'clipscribe.job.run': job.run,
      ...attributes,
    },
  });
}

async function told(span: Span, attempt: () => Promise<AttemptEnd>): Promise<AttemptEnd> {
  const end = await attempt();
  span.set({ 'clipscribe.outcome': end.outcome });
  if (end.code !== undefined) span.fail(end.code);
  return end;
}
