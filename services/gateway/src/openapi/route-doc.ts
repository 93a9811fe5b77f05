import type { ProblemCode } from '@clipscribe/contracts';
import type { z } from 'zod';
import type {
  ZodOpenApiMediaTypeObject,
  ZodOpenApiRequestBodyObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi';

/** What the document says of one route of the gateway, beside what goes without saying for all of its kind. */
export interface RouteDoc {
  /** `operationId`: what a generated client calls it. */
  id: string;
  summary: string;
  description?: string;
  tag: TagName;
  /**
   * Who may: everybody, whoever has a token, whoever has one or the cookie of a job for files, or whoever says a
   * password (`POST /login`).
   */
  access: 'all' | 'token' | 'files' | 'password';
  path?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: ZodOpenApiRequestBodyObject;
  /** The good answers by their status. */
  answers: Readonly<Record<number, ZodOpenApiResponseObject>>;
  /** What it refuses with, beside what every route of its kind does. */
  problems?: readonly ProblemCode[];
}

/** `METHOD /path` as express has it. */
export type RouteDocs = Readonly<Record<string, RouteDoc>>;

export const tags = {
  Accounts: 'Log in, register, change the password, see what you may use.',
  Uploads: 'Files in one request. Each of them becomes a job.',
  'Resumable uploads': 'By tus 1.0: an upload that breaks off goes on where it stood.',
  Jobs: 'What became of an upload: state, progress, reasons for failures.',
  Results: 'The MP3 and the transcript.',
  Webhooks: 'Addresses that are told when jobs end.',
  Administration: 'For administrators; everybody else is answered that there is nothing.',
  Service: 'About the server itself.',
} as const;
export type TagName = keyof typeof tags;

/** A JSON body with an example that fits its schema. */
export function json<S extends z.ZodType>(schema: S, example: z.output<S>): ZodOpenApiMediaTypeObject {
  return { schema, example: example as unknown }; // any JSON may be an example
}

/** The same for what is sent to us, which may leave out what has a default. */
export function jsonBody<S extends z.ZodType>(schema: S, example: z.input<S>): ZodOpenApiRequestBodyObject {
  return { required: true, content: { 'application/json': { schema, example: example as unknown } } };
}

/** A good answer of JSON. */
export function answer<S extends z.ZodType>(
  description: string,
  schema: S,
  example: z.output<S>,
  headers?: z.ZodObject,
): ZodOpenApiResponseObject {
  const content = { 'application/json': json(schema, example) };
  return { description, content, ...(headers === undefined ? {} : { headers }) };
}
