import { request, sendRaw, verdictOf } from '../../../support/security/raw-http.ts';
import { BOUNDARY, file } from '../../../support/security/multipart.ts';
import type { Case } from '../../../support/security/verdict-table.ts';
import { bearer, type GetWorld } from './world.ts';

const JSON_TYPE = 'Content-Type: application/json';
const invalid = '400 INVALID_INPUT';

/** 12–19 and 38: JSON that is none, or not what it should be, and content types. */
export function bodyCases(world: GetWorld): Case[] {
  const register = async (body: string, type = JSON_TYPE): Promise<string> =>
    verdictOf(await sendRaw(world().url, request('POST /register', [type], body)));
  const login = async (body: string): Promise<string> =>
    verdictOf(await sendRaw(world().url, request('POST /login', [JSON_TYPE], body)));
  const upload = async (type: string): Promise<string> =>
    verdictOf(
      await sendRaw(
        world().url,
        request('POST /upload', [bearer(world().ada), type], file('a.mp4', 'bytes')),
      ),
    );
  const address = (email: string) => () =>
    register(JSON.stringify({ email, password: 'quiet umbrellas at dusk' }));
  const cases: [no: string, what: string, expected: string | RegExp, see: () => Promise<string>][] = [
    ['12', 'JSON of 11 kB', '413 TOO_LARGE', () => register(JSON.stringify({ email: 'x'.repeat(11_000) }))],
    ['13', 'bad JSON', '400 INVALID_JSON', () => login('{"email":')],
    ['13b', 'JSON that is no object', /^400 INVALID_(JSON|INPUT)$/, () => login('"text"')],
    [
      '14',
      '{"password":{"$ne":null}}',
      invalid,
      () => login('{"email":"a@example.org","password":{"$ne":null}}'),
    ],
    ['14b', '{"email":{"$gt":""}}', invalid, () => login('{"email":{"$gt":""},"password":"x"}')],
    ['15', 'an object where a text belongs', invalid, () => login('{"email":{"a":1},"password":"x"}')],
    [
      '15b',
      'a list where a text belongs',
      invalid,
      () => login('{"email":["a@example.org"],"password":"x"}'),
    ],
    [
      '16',
      '__proto__ as a key',
      invalid,
      () => login('{"__proto__":{"role":"admin"},"email":"a@example.org","password":"x"}'),
    ],
    [
      '16b',
      'constructor as a key',
      invalid,
      () =>
        register(
          '{"constructor":{"prototype":{"role":"admin"}},"email":"a@example.org","password":"quiet umbrellas"}',
        ),
    ],
    [
      '16c',
      'a role asked for at registration',
      invalid,
      () => register('{"role":"admin","email":"a@example.org","password":"quiet umbrellas"}'),
    ],
    ['17', 'text/plain to /upload', '415 UNSUPPORTED_TYPE', () => upload('Content-Type: text/plain')],
    [
      '17b',
      'text/plain to /register',
      '415 UNSUPPORTED_TYPE',
      () => register('{}', 'Content-Type: text/plain'),
    ],
    [
      '18',
      'multipart without a boundary',
      '400 INVALID_MULTIPART',
      () => upload('Content-Type: multipart/form-data'),
    ],
    [
      '19',
      'a boundary of 71 characters',
      '400 INVALID_MULTIPART',
      () => upload(`Content-Type: multipart/form-data; boundary=${BOUNDARY.padEnd(71, 'x')}`),
    ],
    ['38', 'an e-mail address with CR and LF', invalid, address('a@example.org\r\nBcc: b@example.org')],
    ['38b', 'two e-mail addresses with a comma', invalid, address('a@example.org,b@example.org')],
    ['38c', 'an e-mail address with a comment', invalid, address('a(comment)@example.org')],
    ['38d', 'an e-mail address with a name', invalid, address('Ada <a@example.org>')],
    ['38e', 'an e-mail address with NUL', invalid, address('a\0@example.org')],
  ];
  return cases.map(([no, what, expected, see]) => ({ no, what, expected, see }));
}
