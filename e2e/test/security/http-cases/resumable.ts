import { newId } from '@clipscribe/contracts';
import { head, request, sendRaw, verdictOf, type RawAnswer } from '../../../support/security/raw-http.ts';
import type { Case } from '../../../support/security/verdict-table.ts';
import { bearer, type GetWorld, type World } from './world.ts';

const TUS = 'Tus-Resumable: 1.0.0';
const BYTES = 'Content-Type: application/offset+octet-stream';

/** The cases of resumable uploads. */
export function resumableCases(world: GetWorld): Case[] {
  const create = (length: number, ...headers: string[]): Promise<RawAnswer> =>
    sendRaw(
      world().url,
      request('POST /uploads', [bearer(world().ada), TUS, `Upload-Length: ${String(length)}`, ...headers]),
    );

  /** The path of a new upload. */
  async function begin(length = 1000, ...headers: string[]): Promise<string> {
    const answer = await create(length, ...headers);
    if (answer.status !== 201) throw new Error(`creating answered ${verdictOf(answer)}`);
    const path = answer.headers['location'] ?? '';
    world().begun.add(path.slice(path.lastIndexOf('/') + 1));
    return path;
  }

  const patch = (
    path: string,
    offset: number,
    body: string | Buffer,
    person: keyof World & ('ada' | 'eve') = 'ada',
  ): Promise<RawAnswer> =>
    sendRaw(
      world().url,
      request(
        `PATCH ${path}`,
        [bearer(world()[person]), TUS, BYTES, `Upload-Offset: ${String(offset)}`],
        body,
      ),
    );
  const ask = async (line: string, person: 'ada' | 'eve' = 'ada'): Promise<string> =>
    verdictOf(await sendRaw(world().url, head(line, bearer(world()[person]), TUS)));
  const metadata = (name: string): string =>
    `Upload-Metadata: filename ${Buffer.from(name).toString('base64')}`;

  const cases: [no: string, what: string, expected: string | RegExp, see: () => Promise<string>][] = [
    [
      'tus 1',
      'bytes for another offset',
      '409 OFFSET_MISMATCH',
      async () => verdictOf(await patch(await begin(), 5, 'x')),
    ],
    ['tus 2', 'a length over the limit', '413 TOO_LARGE', async () => verdictOf(await create(3_000_000))],
    [
      'tus 2b',
      'more bytes than were announced',
      '413 TOO_LARGE',
      async () => verdictOf(await patch(await begin(10), 0, 'x'.repeat(11))),
    ],
    [
      'tus 2c',
      'a length of 40 digits',
      /^4(00|13) /,
      async () =>
        verdictOf(
          await sendRaw(
            world().url,
            request('POST /uploads', [bearer(world().ada), TUS, `Upload-Length: ${'9'.repeat(40)}`]),
          ),
        ),
    ],
    ['tus 2d', 'a negative length', /^400 /, async () => verdictOf(await create(-1))],
    [
      'tus 3',
      '/uploads/..%2f..%2fetc%2fpasswd',
      '404 NOT_FOUND',
      () => ask('GET /uploads/..%2f..%2fetc%2fpasswd'.replace('GET', 'DELETE')),
    ],
    ['tus 3b', '/uploads/a%00b', '404 NOT_FOUND', () => ask('DELETE /uploads/a%00b')],
    [
      'tus 3c',
      'PATCH to ..%2f..',
      '404 NOT_FOUND',
      async () => verdictOf(await patch('/uploads/..%2f..', 0, 'x')),
    ],
    [
      'tus 4',
      "PATCH of somebody else's upload",
      '404 NOT_FOUND',
      async () => verdictOf(await patch(await begin(), 0, 'x', 'eve')),
    ],
    [
      'tus 4b',
      "DELETE of somebody else's upload",
      '404 NOT_FOUND',
      async () => ask(`DELETE ${await begin()}`, 'eve'),
    ],
    ['tus 4c', 'an upload that nobody has', '404 NOT_FOUND', () => ask(`DELETE /uploads/${newId()}`, 'eve')],
    [
      'tus 5',
      'no token',
      '401 NO_TOKEN',
      async () => verdictOf(await sendRaw(world().url, request('POST /uploads', [TUS, 'Upload-Length: 5']))),
    ],
    [
      'tus 6',
      'metadata that is no base64',
      '400 INVALID_METADATA',
      async () => verdictOf(await create(10, 'Upload-Metadata: filename !!!')),
    ],
    [
      'tus 6b',
      'a path as the file name',
      /^201$/,
      async () => (await begin(10, metadata('../../etc/passwd'))) && '201',
    ],
    [
      'tus 7',
      'an upload that trickles',
      '408 UPLOAD_STALLED',
      async () => {
        const path = await begin(900);
        const headers = [bearer(world().ada), TUS, BYTES, 'Upload-Offset: 0', 'Content-Length: 900'];
        return verdictOf(await sendRaw(world().url, head(`PATCH ${path}`, ...headers), 'x'));
      },
    ],
  ];
  return cases.map(([no, what, expected, see]) => ({ no, what, expected, see }));
}
