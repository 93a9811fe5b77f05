import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { newId } from '@clipscribe/contracts';
import { describeChapter, oddText } from '@clipscribe/runtime/testing';
import fc from 'fast-check';
import { signingKey, type SigningKey } from '../../src/signing-key.ts';
import { Tokens } from '../../src/tokens.ts';

const current = signingKey('current-secret-current-secret-32');
const previous = signingKey('previous-secret-previous-secret!');
const foreign = signingKey('a-foreign-secret-a-foreign-secret');
const keys = { current, previous, foreign };

/** Seconds since the epoch; it stands still. */
const NOW = 1_800_000_000;
const TTL_SECONDS = 3600;
const tokens = new Tokens({ current, previous, ttlSeconds: TTL_SECONDS, clock: () => NOW * 1000 });

const id = fc.uuid({ version: 7 });
const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A signed token, made by hand so that nothing in it has to be sensible. */
function signed(header: string, claims: string, { secret }: SigningKey, hash = 'sha256'): string {
  const content = [header, claims].map((text) => Buffer.from(text).toString('base64url')).join('.');
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`;
}

const goodClaims = { iss: 'clipscribe-auth', aud: 'clipscribe', iat: NOW, exp: NOW + 60, epoch: 0 };

/** Whatever JSON can say, and what is just beside the truth. */
const oddClaim = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  oddText(2),
  id,
  fc.constantFrom(
    ...['clipscribe', 'clipscribe-auth', 'Clipscribe', ['clipscribe'], ['elsewhere', 'clipscribe'], [], {}],
    ...[NOW, NOW - 1, NOW + 1, NOW + 0.5, -1, 0, 1e300, 2 ** 53, '0', String(NOW + 60), true, null],
  ),
);
const claimName = fc.constantFrom(
  'sub',
  'jti',
  'iss',
  'aud',
  'iat',
  'exp',
  'nbf',
  'epoch',
  '__proto__',
  'admin',
);

const isId = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(value);

/** Whether a token with these claims is good now, said once more and by other means than in the product. */
function isGood(claims: Readonly<Record<string, unknown>>): boolean {
  const { sub, jti, iss, aud, iat, exp, epoch } = claims;
  const { nbf = NOW } = claims;
  return [
    ...[isId(sub), isId(jti), iss === 'clipscribe-auth', [aud].flat().includes('clipscribe')],
    ...[
      Number.isSafeInteger(iat),
      Number.isSafeInteger(epoch),
      Number.isSafeInteger(exp) && Number(exp) > NOW,
    ],
    typeof nbf === 'number' && nbf <= NOW,
  ].every(Boolean);
}

/** One character of a token and what takes its place, or what is put in front of it. */
const change = fc.record({
  at: fc.nat(),
  character: fc.oneof(
    fc.constantFrom(...base64url.split(''), '.', '=', ' ', '\n', '+', '/'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  drop: fc.nat(2),
});

function changed(
  token: string,
  { at, character, drop }: { at: number; character: string; drop: number },
): string {
  const place = at % (token.length + 1);
  return token.slice(0, place) + character + token.slice(place + drop);
}

const goodHeader = { alg: 'HS256', typ: 'JWT', kid: current.id };
const owner = fc.record({ userId: id, epoch: fc.maxSafeNat() });

describeChapter(import.meta.dirname, 'tokens', (forAll) => {
  forAll(500, {
    claim: 'a token says what it was made with',
    values: owner,
    holds: ({ userId, epoch }) => {
      const read = tokens.read(tokens.issue(userId, epoch));
      expect(read).toEqual({
        userId,
        epoch,
        tokenId: expect.any(String),
        expiresAt: (NOW + TTL_SECONDS) * 1000,
      });
    },
  });

  forAll(3000, {
    claim: 'a token in which anything was changed is none',
    values: fc.record({ userId: id, changes: fc.array(change, { minLength: 1, maxLength: 3 }) }),
    holds: ({ userId, changes }) => {
      const token = tokens.issue(userId, 0);
      const other = changes.reduce(changed, token);
      if (other !== token) expect(tokens.read(other)).toBeNull();
    },
  });

  forAll(1000, {
    claim: 'pieces of good tokens make no other token',
    values: fc.record({ ids: fc.tuple(id, id), order: fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }) }),
    holds: ({ ids, order }) => {
      const made = ids.map((userId) => tokens.issue(userId, 0));
      const pieces = made.flatMap((token) => token.split('.'));
      const mixed = order.map((piece) => pieces[piece]).join('.');
      if (!made.includes(mixed)) expect(tokens.read(mixed)).toBeNull();
    },
  });

  forAll(1500, {
    claim: 'a token under another algorithm, key or key name is none',
    values: fc.record({
      userId: id,
      header: fc.record(
        {
          alg: fc.oneof(
            fc.constantFrom('HS256', 'HS384', 'HS512', 'RS256', 'ES256', 'none', 'None', 'hs256', ['HS256']),
            oddClaim,
          ),
          kid: fc.oneof(
            fc.constantFrom(current.id, previous.id, foreign.id, [current.id], '__proto__'),
            oddClaim,
          ),
          typ: fc.oneof(fc.constant('JWT'), oddClaim),
          jwk: fc.constant({ kty: 'oct', k: Buffer.from(foreign.secret).toString('base64url') }),
        },
        { requiredKeys: [] },
      ),
      key: fc.constantFrom('current', 'previous', 'foreign'),
      hash: fc.constantFrom('sha256', 'sha384', 'sha512'),
    }),
    holds: ({ userId, header, key, hash }) => {
      const claims = JSON.stringify({ ...goodClaims, sub: userId, jti: newId() });
      const token = signed(JSON.stringify(header), claims, keys[key], hash);
      const isOurs =
        header.alg === 'HS256' && hash === 'sha256' && key !== 'foreign' && header.kid === keys[key].id;
      expect(tokens.read(token) === null).toBe(!isOurs);
    },
  });

  forAll(2500, {
    claim: 'claims of the wrong kind make no token, even under the right key',
    values: fc.record({
      userId: id,
      tokenId: id,
      odd: fc.dictionary(claimName, oddClaim, { maxKeys: 2 }),
      without: fc.option(claimName, { nil: '' }),
      key: fc.constantFrom('current', 'previous'),
    }),
    holds: ({ userId, tokenId, odd, without, key }) => {
      const all = Object.entries({ ...goodClaims, sub: userId, jti: tokenId, ...odd });
      // As the reader of JSON makes it.
      const text = JSON.stringify(Object.fromEntries(all.filter(([name]) => name !== without)));
      const claims = JSON.parse(text) as Record<string, unknown>; // an object was written
      const header = JSON.stringify({ ...goodHeader, kid: keys[key].id });
      const read = tokens.read(signed(header, text, keys[key]));
      if (!isGood(claims)) expect(read).toBeNull();
      else
        expect(read).toEqual({
          ...{ userId: claims['sub'], tokenId: claims['jti'], epoch: claims['epoch'] },
          expiresAt: Number(claims['exp']) * 1000,
        });
    },
  });

  forAll(1500, {
    claim: 'noise is no token, in whatever form',
    values: fc.oneof(
      oddText(),
      fc.array(oddText(3), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.')),
      fc
        .array(fc.uint8Array({ maxLength: 40 }), { minLength: 3, maxLength: 3 })
        .map((parts) => parts.map((part) => Buffer.from(part).toString('base64url')).join('.')),
      fc
        .record({ header: fc.json(), claims: fc.json() })
        .map(({ header, claims }) => signed(header, claims, foreign)),
      fc
        .record({ header: fc.json(), claims: fc.json() })
        .map(({ header, claims }) => signed(header, claims, current)),
    ),
    holds: (token) => {
      expect(tokens.read(token)).toBeNull();
    },
  });
});
