import { z } from 'zod';

const timed = { start: z.number(), end: z.number() };

const speechSchema = z.object({
  text: z.string(),
  /** As Whisper names it: in English, in small letters. */
  language: z.string().optional(),
  segments: z.array(z.object({ ...timed, text: z.string() })).optional(),
  words: z.array(z.object({ ...timed, word: z.string() })).optional(),
});

/** What is heard in a recording; times in seconds. */
export type Speech = z.infer<typeof speechSchema>;

const delayMs = z.number().min(0).optional();

export const behaviourSchema = z.discriminatedUnion('kind', [
  /** Answers with what PocketSphinx understands. */
  z.object({ kind: z.literal('recognize'), delayMs }),
  /** Answers with this, whatever the recording. */
  z.object({ kind: z.literal('hear'), speech: speechSchema, delayMs }),
  /** Answers with made-up words for the whole length of the recording, the same for the same file. */
  z.object({ kind: z.literal('words'), delayMs, wordsPerSecond: z.number().positive().optional() }),
  /** Answers with a phrase over and over, as a speech model does that is caught in a loop. */
  z.object({ kind: z.literal('loop'), phrase: z.string().optional() }),
  z.object({
    kind: z.literal('refuse'),
    status: z.int(),
    code: z.string().optional(),
    param: z.string().optional(),
    message: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** 429, with a Retry-After if `retryAfterSeconds` is given. */
  z.object({
    kind: z.literal('rate-limit'),
    retryAfterSeconds: z.number().optional(),
    retryAfterForm: z.enum(['seconds', 'date']).optional(),
  }),
  /** Says this, as it is. */
  z.object({ kind: z.literal('say'), body: z.string(), contentType: z.string() }),
  /** Takes the request and never answers. */
  z.object({ kind: z.literal('hang') }),
  /** Begins an answer and never ends it. */
  z.object({ kind: z.literal('stall') }),
  /** Closes the connection before or in the middle of an answer. */
  z.object({ kind: z.literal('cut'), afterBytes: z.int() }),
  /** Begins a JSON string that goes on for so many bytes. */
  z.object({ kind: z.literal('flood'), bytes: z.int() }),
]);

/** How the server answers a request that it understood. */
export type Behaviour = z.infer<typeof behaviourSchema>;

const json = 'application/json';

/** The faults of a speech service, by name. */
export const faults = {
  rateLimited: { kind: 'rate-limit' },
  quota: { kind: 'refuse', status: 429, code: 'insufficient_quota' },
  wrongKey: { kind: 'refuse', status: 401, code: 'invalid_api_key' },
  serverError: { kind: 'refuse', status: 500, code: 'server_error' },
  hang: { kind: 'hang' },
  html: { kind: 'say', body: '<!doctype html><title>502 Bad Gateway</title>', contentType: 'text/html' },
  cutJson: { kind: 'say', body: '{"task":"transcribe","text":"Hel', contentType: json },
  hugeJson: { kind: 'flood', bytes: 100 * 2 ** 20 },
  wrongTypes: {
    kind: 'say',
    body: '{"text":["x"],"segments":[{"start":"0","end":null,"text":1}]}',
    contentType: json,
  },
  loop: { kind: 'loop' },
} as const satisfies Record<string, Behaviour>;
