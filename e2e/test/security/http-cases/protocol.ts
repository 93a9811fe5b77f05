import { head, request, sendRaw, verdictOf } from '../../../support/security/raw-http.ts';
import { MULTIPART } from '../../../support/security/multipart.ts';
import type { Case } from '../../../support/security/verdict-table.ts';
import { bearer, type GetWorld } from './world.ts';

/** 1–11, 35 and 36: what is no proper HTTP, and addresses that lead nowhere. */
export function protocolCases(world: GetWorld): Case[] {
  const send = async (...pieces: (string | Buffer)[]): Promise<string> =>
    verdictOf(await sendRaw(world().url, ...pieces));
  const upload = (...headers: string[]): string =>
    head('POST /upload', bearer(world().ada), MULTIPART, ...headers);
  const get = (path: string): Promise<string> => send(head(`GET ${path}`, bearer(world().ada)));
  const chunked = 'Transfer-Encoding: chunked';
  return [
    {
      no: '1',
      what: 'Content-Length and Transfer-Encoding',
      expected: '400 BAD_REQUEST',
      see: () => send(upload('Content-Length: 5', chunked), '0\r\n\r\n'),
    },
    {
      no: '2',
      what: 'two different Content-Lengths',
      expected: '400 BAD_REQUEST',
      see: () => send(upload('Content-Length: 5', 'Content-Length: 6'), 'hello'),
    },
    {
      no: '2b',
      what: 'two equal Content-Lengths',
      expected: '400 BAD_REQUEST',
      see: () => send(upload('Content-Length: 5', 'Content-Length: 5'), 'hello'),
    },
    {
      no: '3',
      what: 'a negative Content-Length',
      expected: '400 BAD_REQUEST',
      see: () => send(upload('Content-Length: -1')),
    },
    {
      no: '4',
      what: 'an unknown Transfer-Encoding',
      expected: '400 BAD_REQUEST',
      see: () => send(upload('Transfer-Encoding: gzip, odd'), 'hello'),
    },
    {
      no: '5',
      what: 'a chunk whose length is no number',
      expected: '400 BAD_REQUEST',
      see: () => send(upload(chunked), 'xyz\r\nhello\r\n'),
    },
    {
      no: '5b',
      what: 'a chunk longer than it says',
      expected: '400 BAD_REQUEST',
      see: () => send(upload(chunked), '2\r\nhello\r\n0\r\n\r\n'),
    },
    {
      no: '6',
      what: 'bare line feeds',
      expected: '400 BAD_REQUEST',
      see: () => send(`GET /jobs HTTP/1.1\nHost: x\n${bearer(world().ada)}\n\n`),
    },
    { no: '7', what: 'no Host', expected: /^400/, see: () => send('GET /healthz HTTP/1.1\r\n\r\n') },
    {
      no: '8',
      what: 'a header of 20 kB',
      expected: '431 BAD_REQUEST',
      see: () => send(head('GET /jobs', `X: ${'x'.repeat(20_000)}`)),
    },
    {
      no: '9',
      what: 'Expect: tea',
      expected: '417',
      see: () => send(head('GET /jobs', 'Expect: tea', 'Connection: close')),
    },
    { no: '10', what: '/%E0%A4%A', expected: '400 BAD_REQUEST', see: () => get('/%E0%A4%A') },
    { no: '10b', what: '/jobs/%E0%A4%A', expected: '400 BAD_REQUEST', see: () => get('/jobs/%E0%A4%A') },
    { no: '11', what: '/jobs/a%00b', expected: '404 NOT_FOUND', see: () => get('/jobs/a%00b') },
    {
      no: '11b',
      what: '/jobs/..%2f..%2fetc%2fpasswd',
      expected: '404 NOT_FOUND',
      see: () => get('/jobs/..%2f..%2fetc%2fpasswd'),
    },
    {
      no: '11c',
      what: '/download?fid=..%2f..%2fetc%2fpasswd',
      expected: '404 NOT_FOUND',
      see: () => get('/download?fid=..%2f..%2fetc%2fpasswd'),
    },
    {
      no: '11d',
      what: '/download?fid=a%00b',
      expected: '404 NOT_FOUND',
      see: () => get('/download?fid=a%00b'),
    },
    {
      no: '35',
      what: 'TRACE',
      expected: '405 METHOD_NOT_ALLOWED',
      see: () => send(head('TRACE /jobs', bearer(world().ada))),
    },
    { no: '36', what: '/metrics on the public port', expected: '404 NOT_FOUND', see: () => get('/metrics') },
    {
      no: '36b',
      what: '/validate on the public port',
      expected: '404 NOT_FOUND',
      see: () => send(request('POST /validate', [bearer(world().ada)])),
    },
  ];
}
