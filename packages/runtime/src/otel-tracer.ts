import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Context, Span as OtelSpan, Tracer as Otel } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from '@opentelemetry/semantic-conventions';
import { newId, parseTraceparent } from '@clipscribe/contracts';
import { WatchedExporter } from './otel-exporter.ts';
import { sleep } from './sleep.ts';
import type { Span, SpanAttributes, SpanOptions, Tracer } from './span.ts';
import type { TracerOptions, TracingConfig } from './tracing-config.ts';

/** At the end of the process; less than what a stop step may take. */
const FLUSH_MS = 3500;

/** Spans that wait for the collector; what comes while so many do is dropped. */
const MOST_WAITING = 4096;

const EXPORT_EVERY_MS = 2000;

/** Traces by OpenTelemetry, for one service; nothing is global, so that several can share a process. */
export class OtelTracer implements Tracer {
  readonly #provider: NodeTracerProvider;
  readonly #tracer: Otel;

  constructor(config: TracingConfig, { service, log, trustsParents }: TracerOptions) {
    const ours = new TraceIdRatioBasedSampler(config.ratio);
    const foreign = trustsParents ? {} : { remoteParentSampled: ours, remoteParentNotSampled: ours };
    const batch = { maxQueueSize: MOST_WAITING, scheduledDelayMillis: EXPORT_EVERY_MS };
    this.#provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        [ATTR_SERVICE_NAMESPACE]: 'clipscribe',
        [ATTR_SERVICE_NAME]: service,
        [ATTR_SERVICE_INSTANCE_ID]: newId(),
      }),
      sampler: new ParentBasedSampler({ root: ours, ...foreign }),
      spanProcessors: [new BatchSpanProcessor(new WatchedExporter(config, log), batch)],
    });
    this.#tracer = this.#provider.getTracer('clipscribe');
  }

  start(name: string, { parent, ...options }: SpanOptions): Span {
    return new RecordedSpan(this.#tracer, name, options, remoteParent(parent));
  }

  async close(): Promise<void> {
    const late = new AbortController();
    // The library ends what it has to, in its own time; nobody waits longer for a collector that is away.
    const ended = this.#provider.shutdown().catch(() => undefined);
    await Promise.race([ended, sleep(FLUSH_MS, late.signal)]);
    late.abort();
  }
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

class RecordedSpan implements Span {
  readonly traceId: string;
  readonly traceparent: string;
  readonly #tracer: Otel;
  readonly #span: OtelSpan;
  readonly #context: Context;

  constructor(tracer: Otel, name: string, { kind, attributes = {} }: SpanOptions, parent: Context) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, parent);
    this.#context = trace.setSpan(ROOT_CONTEXT, this.#span);
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    this.traceId = traceId;
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes({ ...attributes });
  }

  fail(code: string): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: code }).setAttribute(ATTR_ERROR_TYPE, code);
  }

  child(name: string, options: Omit<SpanOptions, 'parent'>): Span {
    return new RecordedSpan(this.#tracer, name, options, this.#context);
  }

  end(): void {
    this.#span.end();
  }
}

/** Without a `tracestate`: what others keep there is of no use here, and would be carried on unread. */
function remoteParent(traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = parent;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
