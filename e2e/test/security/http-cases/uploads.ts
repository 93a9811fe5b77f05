import { setTimeout as delay } from 'node:timers/promises';
import { uploadAnswerSchema } from '@clipscribe/contracts';
import { hostile } from '@clipscribe/converter/testing';
import { END, field, file, form, MULTIPART, part } from '../../../support/security/multipart.ts';
import {
  head,
  RawConnection,
  request,
  sendRaw,
  verdictOf,
  type RawAnswer,
} from '../../../support/security/raw-http.ts';
import type { Case } from '../../../support/security/verdict-table.ts';
import { bearer, type GetWorld } from './world.ts';

/** The limits that the server under test is started with. */
export const limits = {
  MAX_UPLOAD: '2MB',
  MAX_FILES: '3',
  UPLOAD_STALL_SECONDS: '1',
  REQUEST_TIMEOUT_SECONDS: '2',
};
const TOO_MUCH = 3_000_000;

const sound = hostile.wav({ dataBytes: 8000 });
const some = file('a.mp4', 'bytes');
const broken = '400 INVALID_MULTIPART';

/** 20–30 and 34: uploads. */
export function uploadCases(world: GetWorld): Case[] {
  const begin = (...headers: string[]): string =>
    head('POST /upload', bearer(world().ada), MULTIPART, ...headers);
  const send = (body: Buffer, ...headers: string[]): Promise<RawAnswer> =>
    sendRaw(world().url, request('POST /upload', [bearer(world().ada), MULTIPART, ...headers], body));
  const refused = async (...parts: Buffer[]): Promise<string> => verdictOf(await send(form(...parts)));
  const cut = async (...parts: Buffer[]): Promise<string> => verdictOf(await send(Buffer.concat(parts)));

  /** The names under which files were accepted, or the refusal. */
  async function names(...parts: Buffer[]): Promise<string> {
    const answer = await send(form(...parts));
    if (answer.status !== 202) return verdictOf(answer);
    const { jobs } = uploadAnswerSchema.parse(JSON.parse(answer.body));
    for (const { id } of jobs) world().begun.add(id);
    return `202 ${jobs.map(({ source }) => source.name).join(' ')}`;
  }

  /** How the MP3 of such a file is sent, with every header that is not usual. */
  async function downloadOf(one: Buffer): Promise<string> {
    const answer = await send(form(one));
    const [job] = uploadAnswerSchema.parse(JSON.parse(answer.body)).jobs;
    const { id } = await world().ada.ended(job?.id ?? '');
    world().begun.add(id);
    const { status, headers } = await sendRaw(
      world().url,
      head(`GET /jobs/${id}/audio`, bearer(world().ada)),
    );
    const cookie = headers['set-cookie'] ?? '';
    return `${String(status)} ${headers['content-disposition'] ?? ''}${cookie}`;
  }

  /** What a sender sees that sends so many bytes every 100 ms, so many times. */
  async function slowly(bytes: number, times: number): Promise<string> {
    const body = form(
      file('slow.wav', Buffer.concat([sound, Buffer.alloc(Math.max(0, bytes * times - sound.length))])),
    );
    const connection = new RawConnection(world().url);
    const over = new AbortController();
    const answered = connection.answer().finally(() => {
      over.abort();
    });
    void connection.write(begin(`Content-Length: ${String(body.length)}`));
    for (let sent = 0; sent < body.length && !over.signal.aborted; sent += bytes) {
      void connection.write(body.subarray(sent, sent + bytes));
      await delay(100);
    }
    const answer = await answered;
    if (answer.status === 202)
      for (const { id } of uploadAnswerSchema.parse(JSON.parse(answer.body)).jobs) world().begun.add(id);
    return verdictOf(answer);
  }

  async function sendNothingMore(...pieces: string[]): Promise<string> {
    return verdictOf(await sendRaw(world().url, ...pieces));
  }

  async function twiceWithOneKey(): Promise<string> {
    const key = `Idempotency-Key: ${crypto.randomUUID()}`;
    const first = await send(form(file('a.wav', sound)), key);
    for (const { id } of uploadAnswerSchema.parse(JSON.parse(first.body)).jobs) world().begun.add(id);
    return verdictOf(await send(form(file('a.wav', 'something else')), key));
  }

  const cases: [no: string, what: string, expected: string | RegExp, see: () => Promise<string>][] = [
    ['20', 'multipart that is cut in a file', broken, () => cut(some.subarray(0, -3))],
    ['20b', 'multipart without its last line', broken, () => cut(some)],
    [
      '21',
      'a part with the header __proto__',
      '202 a.wav',
      () => names(file('a.wav', sound, '__proto__: x', 'constructor: y')),
    ],
    ['21b', 'a field named __proto__', '400 INVALID_OPTION', () => refused(field('__proto__', 'x'), some)],
    [
      '22',
      'ten parts, and a cut',
      broken,
      () => cut(...Array.from({ length: 9 }, () => field('title', 'x')), some.subarray(0, -3)),
    ],
    [
      '23',
      '5,000 fields',
      '400 TOO_MANY_FIELDS',
      () => refused(...Array.from({ length: 5000 }, () => field('title', 'x')), some),
    ],
    ['24', 'one file more than allowed', '400 TOO_MANY_FILES', () => refused(some, some, some, some)],
    [
      '25',
      'a file name with NUL and controls',
      "202 ab'c.wav",
      () => names(file("a\0b\x1b\x7f'c.wav", sound)),
    ],
    [
      '25b',
      'a file name that begins another header',
      '202 a',
      () => names(file('a\r\nSet-Cookie: x=1\r\n.wav', sound)),
    ],
    ['25c', 'a file name with LF', broken, () => refused(file('a\nSet-Cookie: x=1.wav', sound))],
    [
      '25d',
      'a file name with LF, encoded',
      broken,
      () => refused(part("Content-Disposition: form-data; name=f; filename*=UTF-8''a%0Ab.mp4", 'x')),
    ],
    [
      '25e',
      'a file name with %0d%0a',
      '202 a%0d%0aSet-Cookie: x=1.wav',
      () => names(file('a%0d%0aSet-Cookie: x=1.wav', sound)),
    ],
    [
      '25f',
      'a file name that turns the reading direction',
      '202 avi.exe',
      () => names(file('\u202eavi\u2066.exe', sound)),
    ],
    [
      '25g',
      'the headers of a download after such a name',
      `200 attachment; filename="x\\"; filename=evil.mp3"`,
      () => downloadOf(file('x\\"; filename=evil\0\x85.wav', sound)),
    ],
    ['26', '../../etc/passwd', '202 passwd', () => names(file('../../etc/passwd', sound))],
    ['26b', '..\\..\\boot.ini', '202 boot.ini', () => names(file('..\\..\\boot.ini', sound))],
    ['26c', '..', '202 video', () => names(file('..', sound))],
    [
      '27',
      'too large, in chunks',
      '413 TOO_LARGE',
      async () => {
        const body = Buffer.concat([file('a.mp4', Buffer.alloc(TOO_MUCH)), Buffer.from(END)]);
        const chunk = [`${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n'];
        return verdictOf(await sendRaw(world().url, begin('Transfer-Encoding: chunked'), ...chunk));
      },
    ],
    [
      '28',
      'too large by its Content-Length, nothing sent',
      '413 TOO_LARGE',
      () => sendNothingMore(begin(`Content-Length: ${String(TOO_MUCH)}`)),
    ],
    [
      '28b',
      'the same with Expect: 100-continue',
      '413 TOO_LARGE',
      () => sendNothingMore(begin(`Content-Length: ${String(TOO_MUCH)}`, 'Expect: 100-continue')),
    ],
    ['29', 'a trickle of 20 bytes a second', '408 UPLOAD_STALLED', () => slowly(2, 300)],
    [
      '29b',
      'an upload that stops',
      '408 UPLOAD_STALLED',
      () => sendNothingMore(begin('Content-Length: 900'), some.toString()),
    ],
    ['29c', 'an honest slow upload, five times as long as the window', '202', () => slowly(500, 50)],
    [
      '29d',
      'JSON that trickles',
      '408 REQUEST_TIMEOUT',
      () => sendNothingMore(head('POST /login', 'Content-Type: application/json', 'Content-Length: 99'), '{'),
    ],
    [
      '29e',
      'headers that do not end',
      '408 REQUEST_TIMEOUT',
      () => sendNothingMore('GET /jobs HTTP/1.1\r\nHost: x\r\nX: '),
    ],
    ['30', 'an empty file', '422 EMPTY_FILE', () => refused(file('a.mp4', ''))],
    ['30b', 'no file', '400 NO_FILE', () => refused(field('title', 'x'))],
    ['34', 'an Idempotency-Key with another body', '422 IDEMPOTENCY_KEY_REUSED', twiceWithOneKey],
  ];
  return cases.map(([no, what, expected, see]) => ({ no, what, expected, see }));
}
