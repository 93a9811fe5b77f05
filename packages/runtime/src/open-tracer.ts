import type { Tracer } from './span.ts';
import type { TracerOptions, TracingConfig } from './tracing-config.ts';

/** Undefined without configuration; then nothing of OpenTelemetry is loaded. */
export async function openTracer(
  config: TracingConfig | undefined,
  options: TracerOptions,
): Promise<Tracer | undefined> {
  if (config === undefined) return undefined;
  const { OtelTracer } = await import('./otel-tracer.ts');
  return new OtelTracer(config, options);
}
