import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { behaviourSchema, type Behaviour } from './speech-api-behaviour.ts';
import { Refusal } from './speech-api-refusal.ts';
import type { ReceivedSpeech } from './speech-api-request.ts';

/** What the server has been asked. */
export interface SpeechApiReport {
  /** All requests for a transcription, also those that were refused as wrong. */
  count: number;
  /** Those that were understood, the newest last. */
  received: ReceivedSpeech[];
  /** How many of them there were for each file, by its SHA-256. */
  perFile: Record<string, number>;
}

const orderSchema = z.strictObject({
  always: behaviourSchema.optional(),
  next: z.array(behaviourSchema).optional(),
  keys: z.record(z.string(), behaviourSchema.nullable()).optional(),
});

/** What the server is told to do: `always` with a request, with the `next` ones, with those that bring one of the `keys`. */
export type SpeechApiOrder = z.input<typeof orderSchema>;

/** What can be controlled. */
interface Controlled {
  behaviour: Behaviour;
  readonly next: Behaviour[];
  readonly keys: Map<string, Behaviour | null>;
  report: () => SpeechApiReport;
  reset: () => void;
}

/** `GET /control` reports, `PUT /control` takes an order, `DELETE /control` resets. @throws Refusal, ZodError */
export async function handleControl(
  api: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url !== '/control') throw new Refusal(404, 'control is at /control');
  if (request.method === 'PUT') obey(api, orderSchema.parse(await json(request)));
  else if (request.method === 'DELETE') api.reset();
  else if (request.method !== 'GET') throw new Refusal(405, 'control takes GET, PUT and DELETE');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(api.report()));
}

function obey(api: Controlled, { always, next = [], keys = {} }: z.infer<typeof orderSchema>): void {
  if (always !== undefined) api.behaviour = always;
  api.next.push(...next);
  for (const [key, behaviour] of Object.entries(keys)) api.keys.set(key, behaviour);
}

/** A stand-in in another process, by its address for `OPENAI_BASE_URL`. */
export class SpeechApiControl {
  readonly #url: URL;

  constructor(baseUrl: string) {
    this.#url = new URL('/control', baseUrl);
  }

  /** Says what to do from now on; what was said before stays unless this replaces it. */
  async order(order: SpeechApiOrder): Promise<void> {
    await this.#call('PUT', JSON.stringify(order));
  }

  async report(): Promise<SpeechApiReport> {
    return this.#call('GET');
  }

  async reset(): Promise<void> {
    await this.#call('DELETE');
  }

  async #call(method: string, body?: string): Promise<SpeechApiReport> {
    const answer = await fetch(this.#url, { method, ...(body === undefined ? {} : { body }) });
    if (!answer.ok) throw new Error(`the speech API refused: ${await answer.text()}`);
    return (await answer.json()) as SpeechApiReport; // the function above writes nothing else
  }
}
