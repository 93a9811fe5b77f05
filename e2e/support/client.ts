import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { jobViewSchema, terminalStates, uploadAnswerSchema, type JobView } from '@clipscribe/contracts';

export interface UploadPart {
  name: string;
  bytes: number;
  content: () => Readable;
}

/** A part that is a local file. */
export async function filePart(path: string, name: string = basename(path)): Promise<UploadPart> {
  const { size } = await stat(path);
  return { name, bytes: size, content: () => createReadStream(path, { highWaterMark: 2 ** 18 }) };
}

/** A person's HTTP client: logged in, with streams for uploads. */
export class Client {
  readonly url: string;
  readonly token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  static async login(url: string, email: string, password: string): Promise<Client> {
    const basic = Buffer.from(`${email}:${password}`).toString('base64');
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
    });
    if (!answer.ok) throw new Error(`login answered ${String(answer.status)}: ${await answer.text()}`);
    return new Client(url, await answer.text());
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${this.token}`);
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  /** Streams a multipart upload; resolves with the status and the body. */
  async post(
    parts: readonly UploadPart[],
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<{ status: number; body: string }> {
    const boundary = `x${randomUUID()}`;
    const { length, body } = multipart(boundary, parts, fields);
    const req = request(`${this.url}/upload`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': length,
        ...headers,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
      req.once('error', reject);
      req.once('response', (res) => {
        text(res).then((answer) => {
          resolve({ status: res.statusCode ?? 0, body: answer });
        }, reject);
      });
    });
    // An early refusal closes the request before its body is sent: the answer is what counts.
    await Promise.race([pipeline(Readable.from(body), req).catch(() => answered), answered]);
    return answered;
  }

  /** Uploads and expects the jobs. */
  async upload(parts: readonly UploadPart[], fields: Record<string, string> = {}): Promise<JobView[]> {
    const { status, body } = await this.post(parts, fields);
    if (status !== 202) throw new Error(`upload answered ${String(status)}: ${body}`);
    return uploadAnswerSchema.parse(JSON.parse(body)).jobs;
  }

  async job(id: string): Promise<JobView> {
    const answer = await this.fetch(`/jobs/${id}`);
    if (!answer.ok)
      throw new Error(`GET /jobs/${id} answered ${String(answer.status)}: ${await answer.text()}`);
    return jobViewSchema.parse(await answer.json());
  }

  /** Asks for the job until the condition holds. */
  async until(
    id: string,
    condition: (job: JobView) => boolean,
    options: { timeoutMs?: number; pollMs?: number } = {},
  ): Promise<JobView> {
    const deadline = performance.now() + (options.timeoutMs ?? 60_000);
    for (;;) {
      const job = await this.job(id);
      if (condition(job)) return job;
      if (performance.now() > deadline) throw new Error(`gave up waiting: ${JSON.stringify(job)}`);
      await delay(options.pollMs ?? 100);
    }
  }

  ended(id: string, timeoutMs?: number): Promise<JobView> {
    const over = (job: JobView): boolean => terminalStates.includes(job.state);
    return this.until(id, over, timeoutMs === undefined ? {} : { timeoutMs });
  }
}

function multipart(
  boundary: string,
  parts: readonly UploadPart[],
  fields: Record<string, string>,
): { length: number; body: AsyncGenerator<Buffer> } {
  const fieldText = Object.entries(fields)
    .map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join('');
  const heads = parts.map(
    ({ name }) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: video/mp4\r\n\r\n`,
  );
  const end = `--${boundary}--\r\n`;
  const fixed = [fieldText, ...heads, end].reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  const length = fixed + parts.reduce((sum, part) => sum + part.bytes + 2, 0);
  async function* generate(): AsyncGenerator<Buffer> {
    if (fieldText !== '') yield Buffer.from(fieldText);
    for (const [index, part] of parts.entries()) {
      yield Buffer.from(heads[index] ?? '');
      yield* part.content() as AsyncIterable<Buffer>;
      yield Buffer.from('\r\n');
    }
    yield Buffer.from(end);
  }
  return { length, body: generate() };
}
