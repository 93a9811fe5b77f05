import { z } from 'zod';
import { variable } from './config.ts';
import type { Log } from './log.ts';

/** The variables of OpenTelemetry that count here, by the names that it gives them. */
export const tracingShape = {
  OTEL_EXPORTER_OTLP_ENDPOINT: variable
    .url('http', 'https')
    .refine((url) => URL.canParse(url), { error: 'must be a URL such as http://collector:4318' })
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .transform((text, context) => {
      const headers = parseHeaders(text);
      if (headers !== null) return headers;
      context.addIssue({ code: 'custom', message: 'must be headers such as api-key=secret,other=value' });
      return z.NEVER;
    })
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^\s*(?:0|1|0?\.\d+|1\.0*|0\.)\s*$/, { error: 'must be a number from 0 to 1' })
    .transform(Number)
    .default(1),
};

export interface TracingConfig {
  /** Where the collector takes traces. */
  url: string;
  /** Sent with each of them, such as a key. */
  headers: Readonly<Record<string, string>>;
  /** Which share of the traces that begin here is recorded, from 0 to 1. */
  ratio: number;
}

export interface TracerOptions {
  service: string;
  log: Log;
  /**
   * Whether those who ask for work decide what is recorded of it, as parts of the suite do. Where anybody may ask, their
   * ids are taken over, so that their traces go on here, but what is recorded is decided here.
   */
  trustsParents: boolean;
}

/** Undefined when nothing is to be traced. */
export function tracingConfig(values: z.infer<z.ZodObject<typeof tracingShape>>): TracingConfig | undefined {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** Pairs as in https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
function parseHeaders(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const decoded = decode(value);
    if (name === '' || decoded === null || !/^[\t\x20-\x7e]*$/.test(decoded)) return null;
    headers[name] = decoded;
  }
  return headers;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
