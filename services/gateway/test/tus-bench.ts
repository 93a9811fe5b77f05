import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from '@jest/globals';
import { problems, type Job, type ProblemCode } from '@clipscribe/contracts';
import { sourceFilesOf } from '@clipscribe/job-protocol';
import type { GatewayUnderTest, Person } from './gateway-harness.ts';

export interface TusAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

const BYTES = 'application/offset+octet-stream';

/** `Upload-Metadata` of these values. */
export function metadata(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

export const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('base64');
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
export const someBytes = (length: number): Buffer => randomBytes(length);

/** A client of tus that sends just what it is told. */
export class TusBench {
  readonly #gateway: GatewayUnderTest;
  readonly #ids = new Set<string>();
  person: Person;

  constructor(gateway: GatewayUnderTest, person: Person) {
    this.#gateway = gateway;
    this.person = person;
  }

  /** A request whose body the caller writes. */
  open(method: string, path: string, headers: Record<string, string> = {}): ClientRequest {
    const common = { authorization: `Bearer ${this.person.token}`, 'tus-resumable': '1.0.0' };
    const sending = request(`${this.#gateway.url}${path}`, {
      method,
      agent: false,
      headers: { ...common, ...headers },
    });
    return sending.on('error', () => undefined); // whoever cuts the connection knows
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Buffer,
  ): Promise<TusAnswer> {
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const sending = this.open(method, path, { ...length, ...headers });
    sending.end(body);
    return readAnswer(sending);
  }

  /** Begins an upload and gives its path. */
  async create(length: number, headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.send('POST', '/uploads', { 'upload-length': String(length), ...headers });
    expect(answer).toMatchObject({ status: 201, body: '' });
    const path = answer.headers.location ?? '';
    this.#ids.add(idOf(path));
    return path;
  }

  /** Adds bytes, and gives the answer. */
  patch(
    path: string,
    offset: number,
    body: Buffer,
    headers: Record<string, string> = {},
  ): Promise<TusAnswer> {
    return this.send(
      'PATCH',
      path,
      { 'upload-offset': String(offset), 'content-type': BYTES, ...headers },
      body,
    );
  }

  /** A `PATCH` whose body the caller writes. */
  openPatch(path: string, offset: number, headers: Record<string, string> = {}): ClientRequest {
    return this.open('PATCH', path, { 'upload-offset': String(offset), 'content-type': BYTES, ...headers });
  }

  /** Where the upload stands. */
  async offset(path: string): Promise<number> {
    const { status, headers } = await this.send('HEAD', path);
    expect(status).toBe(200);
    return Number(headers['upload-offset']);
  }

  async job(path: string): Promise<Job> {
    const reading = await this.#gateway.jobs.get(idOf(path));
    if (reading === null) throw new Error(`${path} is no job`);
    return reading.job;
  }

  /** The bytes that a job was given. */
  async source(path: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (const id of sourceFilesOf(await this.job(path))) {
      for await (const chunk of await this.#gateway.files.read(id)) pieces.push(chunk as Buffer); // bytes
    }
    return Buffer.concat(pieces);
  }

  /** Forgets all uploads. */
  async reset(): Promise<void> {
    for (const id of this.#ids) await this.#gateway.jobs.dropIntent(id);
    this.#ids.clear();
  }
}

export function idOf(path: string): string {
  return path.slice('/uploads/'.length);
}

export async function readAnswer(sending: ClientRequest): Promise<TusAnswer> {
  const [response] = (await once(sending, 'response')) as [IncomingMessage]; // the event has one argument
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** An error as every route gives it; an answer to HEAD has no body to look at. */
export function expectRefusal(answer: TusAnswer, code: ProblemCode, isHead = false): void {
  const { status, title } = problems[code];
  expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.headers['tus-resumable']).toBe('1.0.0');
  if (isHead) return;
  const detail = expect.stringMatching(/^.{10,}$/);
  const type = `urn:clipscribe:problem:${code}`;
  expect(JSON.parse(answer.body)).toEqual({ type, title, status, code, detail });
}
