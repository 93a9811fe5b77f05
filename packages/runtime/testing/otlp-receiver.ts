import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value }));
const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  status: z.object({ code: z.int(), message: z.string().optional() }),
});

/** What OTLP says about traces, as far as it is used here (https://opentelemetry.io/docs/specs/otlp/). */
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

export interface ReceivedSpan {
  service: unknown;
  traceId: string;
  spanId: string;
  /** Absent for the first of a trace. */
  parentId: string | undefined;
  name: string;
  kind: string | undefined;
  attributes: Record<string, unknown>;
  /** The code of its failure; undefined when it has not failed. */
  failure: string | undefined;
}

/** A collector of traces over HTTP, with JSON. */
export class OtlpReceiver {
  /** In the order of arrival, which is about that of their ends. */
  readonly spans: ReceivedSpan[] = [];
  /** The bodies as they came. */
  readonly bodies: string[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** What is answered; 0 for no answer at all. */
  status = 200;
  readonly #server: Server;
  readonly #arrivals = new EventEmitter();

  private constructor() {
    this.#server = createServer((req, res) => void this.#take(req, res));
  }

  static async start(port = 0): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(port, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get url(): string {
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Resolves when what has come makes the condition true; the test's time limit is the end. */
  async until(condition: (spans: readonly ReceivedSpan[]) => boolean): Promise<void> {
    while (!condition(this.spans)) await once(this.#arrivals, 'request');
  }

  /** Resolves with the next request, whatever becomes of it. */
  async request(): Promise<void> {
    await once(this.#arrivals, 'request');
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    const { status } = this;
    if (status === 200 && req.url === '/v1/traces') {
      this.bodies.push(body);
      this.headers.push(req.headers);
      this.spans.push(...readSpans(body));
    }
    if (status !== 0) res.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    this.#arrivals.emit('request');
  }
}

function readSpans(body: string): ReceivedSpan[] {
  const { resourceSpans } = exported.parse(JSON.parse(body));
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = plain(resource.attributes)['service.name'];
    return scopeSpans.flatMap(({ spans }) => spans.map((one) => readSpan(service, one)));
  });
}

function readSpan(
  service: unknown,
  { traceId, spanId, parentSpanId, name, kind, status, ...rest }: z.infer<typeof span>,
): ReceivedSpan {
  const failure = status.code === 2 ? (status.message ?? '') : undefined;
  const ids = { traceId, spanId, parentId: parentSpanId === '' ? undefined : parentSpanId };
  return { service, ...ids, name, kind: kinds[kind], attributes: plain(rest.attributes), failure };
}

function plain(list: z.infer<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value: any }) => [key, Object.values(any)[0]]));
}
