import { newId } from '@clipscribe/contracts';
import { head, request, sendRaw, verdictOf } from '../../../support/security/raw-http.ts';
import type { Case } from '../../../support/security/verdict-table.ts';
import { bearer, type GetWorld } from './world.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** 31–33 and 39: tokens, things of others, ranges, and how downloads are sent. */
export function accessCases(world: GetWorld): Case[] {
  const jobs = async (...headers: string[]): Promise<string> =>
    verdictOf(await sendRaw(world().url, head('GET /jobs', ...headers)));
  const range = async (value: string): Promise<string> => {
    const { job, ada, url } = world();
    const answer = await sendRaw(url, head(`GET /jobs/${job.id}/audio`, bearer(ada), `Range: ${value}`));
    const size = job.audio.bytes ?? -1;
    const got =
      answer.headers['content-length'] === String(size)
        ? 'all'
        : (answer.headers['content-range'] ?? '').replace(String(size), 'size');
    return `${verdictOf(answer)} ${got}`.trim();
  };
  const parts = (): string[] => world().ada.token.split('.');
  const payload = (): unknown => JSON.parse(Buffer.from(parts()[1] ?? '', 'base64url').toString());
  const tokens: [no: string, what: string, expected: string, headers: () => string[]][] = [
    ['31', 'no token', '401 NO_TOKEN', () => []],
    ['31b', 'an empty header', '401 INVALID_TOKEN', () => ['Authorization:']],
    ['31c', 'Bearer alone', '401 INVALID_TOKEN', () => ['Authorization: Bearer']],
    ['31d', 'the token as Basic', '401 INVALID_TOKEN', () => [`Authorization: Basic ${world().ada.token}`]],
    [
      '31e',
      'alg: none',
      '401 INVALID_TOKEN',
      () => [`Authorization: Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${parts()[1] ?? ''}.`],
    ],
    [
      '31f',
      'the signature cut off',
      '401 INVALID_TOKEN',
      () => [`Authorization: Bearer ${parts().slice(0, 2).join('.')}.`],
    ],
    [
      '31g',
      'other claims under the signature',
      '401 INVALID_TOKEN',
      () => [
        `Authorization: Bearer ${[parts()[0], encode({ ...(payload() as object), role: 'admin' }), parts()[2]].join('.')}`,
      ],
    ],
    [
      '31h',
      'HS512 named in the header',
      '401 INVALID_TOKEN',
      () => [
        `Authorization: Bearer ${[encode({ alg: 'HS512', typ: 'JWT' }), ...parts().slice(1)].join('.')}`,
      ],
    ],
    ['31i', 'a token of 10 kB', '401 INVALID_TOKEN', () => [`Authorization: Bearer ${'x'.repeat(10_000)}`]],
    ['31j', 'the token in a cookie', '401 NO_TOKEN', () => [`Cookie: token=${world().ada.token}`]],
    [
      '31k',
      'two tokens in one header',
      '401 INVALID_TOKEN',
      () => [`Authorization: Bearer ${world().ada.token}, Bearer ${world().ada.token}`],
    ],
  ];
  const others: [no: string, line: () => string][] = [
    ['32', () => `GET /jobs/${world().job.id}`],
    ['32b', () => `GET /jobs/${world().job.id}/audio`],
    ['32c', () => `GET /jobs/${world().job.id}/events`],
    ['32d', () => `GET /download?fid=${world().job.audio.fileId ?? ''}`],
    ['32e', () => `DELETE /jobs/${world().job.id}`],
    ['32f', () => `POST /jobs/${world().job.id}/retry`],
  ];
  const download = async (path: string): Promise<string> => {
    const { headers } = await sendRaw(world().url, head(`GET ${path}`, bearer(world().ada)));
    const {
      'content-disposition': disposition = '',
      'x-content-type-options': sniffing,
      'content-security-policy': policy = '',
    } = headers;
    return [disposition.split(';')[0], sniffing, /(^|;) ?sandbox/.test(policy) ? 'sandbox' : policy].join(
      ', ',
    );
  };
  return [
    ...tokens.map(([no, what, expected, headers]) => ({ no, what, expected, see: () => jobs(...headers()) })),
    {
      no: '31l',
      what: 'the token in the address',
      expected: '401 NO_TOKEN',
      see: async () =>
        verdictOf(await sendRaw(world().url, head(`GET /jobs?access_token=${world().ada.token}`))),
    },
    ...others.map(([no, line]) => ({
      no,
      what: `somebody else's job: ${['GET job', 'GET audio', 'GET events', 'GET by file id', 'DELETE', 'retry'][others.findIndex(([n]) => n === no)] ?? ''}`,
      expected: '404 NOT_FOUND',
      see: async () => verdictOf(await sendRaw(world().url, request(line(), [bearer(world().eve)]))),
    })),
    {
      no: '32g',
      what: 'the same for what nobody has',
      expected: '404 NOT_FOUND',
      see: async () =>
        verdictOf(await sendRaw(world().url, head(`GET /jobs/${newId()}`, bearer(world().eve)))),
    },
    { no: '33', what: 'Range: bytes=0-0', expected: '206 bytes 0-0/size', see: () => range('bytes=0-0') },
    {
      no: '33b',
      what: 'a range behind the end',
      expected: '416 RANGE_NOT_SATISFIABLE bytes */size',
      see: () => range(`bytes=${String(world().job.audio.bytes)}-`),
    },
    { no: '33c', what: 'a range of garbage', expected: '200 all', see: () => range('garbage=x-y') },
    {
      no: '33d',
      what: 'six ranges',
      expected: '200 all',
      see: () => range('bytes=0-0,2-2,4-4,6-6,8-8,10-10'),
    },
    {
      no: '33e',
      what: 'a thousand overlapping ranges',
      expected: '200 all',
      see: () => range(`bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`),
    },
    {
      no: '39',
      what: 'a download of the MP3',
      expected: 'attachment, nosniff, sandbox',
      see: () => download(`/jobs/${world().job.id}/audio`),
    },
    {
      no: '39b',
      what: 'the same by file id',
      expected: 'attachment, nosniff, sandbox',
      see: () => download(`/download?fid=${world().job.audio.fileId ?? ''}`),
    },
  ];
}
