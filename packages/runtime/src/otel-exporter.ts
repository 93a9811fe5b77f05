import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from './log.ts';
import type { TracingConfig } from './tracing-config.ts';

/** How long one batch may take on its way, tries included, in ms. A tracer that is closed waits a little longer. */
const EXPORT_MS = 3000;

type OnResult = Parameters<SpanExporter['export']>[1];

/** Hands spans to a collector as JSON. Says once when it does not take them, and once when it does again. */
export class WatchedExporter implements SpanExporter {
  readonly #exporter: OTLPTraceExporter;
  readonly #log: Log;
  readonly #host: string;
  #isAway = false;

  constructor({ url, headers }: TracingConfig, log: Log) {
    this.#exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_MS });
    this.#host = new URL(url).host;
    this.#log = log;
  }

  export(spans: ReadableSpan[], onResult: OnResult): void {
    this.#exporter.export(spans, (result: Parameters<OnResult>[0]) => {
      this.#tell(result.error);
      // A failure is told already; the library would tell its own log.
      onResult(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #tell(error: Error | undefined): void {
    const isAway = error !== undefined;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    // The host alone: headers and the rest of the address may hold a key.
    if (isAway) this.#log.warn({ collector: this.#host, reason: reasonOf(error) }, 'traces are lost for now');
    else this.#log.info({ collector: this.#host }, 'the collector takes traces again');
  }
}

function reasonOf(error: Error): string {
  const isCoded = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number');
  return isCoded ? String(error.code) : error.message.slice(0, 200);
}
