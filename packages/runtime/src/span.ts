/** Named as in the semantic conventions of OpenTelemetry. No file names, no addresses of people, no secrets. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** A W3C `traceparent` of the work that this is a part of; a new trace begins without one, and with one that is not valid. */
  parent?: string | undefined;
  attributes?: SpanAttributes;
}

/** A piece of work in a trace. */
export interface Span {
  readonly traceId: string;
  /** For those that do a part of this work. */
  readonly traceparent: string;
  rename: (name: string) => void;
  set: (attributes: SpanAttributes) => void;
  /** It ended badly; the code says how. */
  fail: (code: string) => void;
  /** A part of this work, in the same process. */
  child: (name: string, options: Omit<SpanOptions, 'parent'>) => Span;
  end: () => void;
}

/** Records what a service does, and hands it to a collector now and then. Nothing here waits for the collector. */
export interface Tracer {
  start: (name: string, options: SpanOptions) => Span;
  /** Hands over what is left, for a few seconds at most. */
  close: () => Promise<void>;
}
