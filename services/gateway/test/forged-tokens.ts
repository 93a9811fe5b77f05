import { createHmac } from 'node:crypto';
import { newId } from '@clipscribe/contracts';
import { JWT_SECRET, type Person } from './gateway-harness.ts';

const hashes = { HS256: 'sha256', HS512: 'sha512', none: undefined } as const;

interface Forgery {
  alg?: keyof typeof hashes;
  kid?: string;
  claims?: object;
  secret?: string;
}

/** A token of this person as auth makes it, apart from what is given here; each is a new one. */
export function forgeToken({ userId, token }: Person, changes: Forgery = {}): string {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const now = Math.floor(Date.now() / 1000);
  // The token that the person has is auth's own.
  const { kid: usualKid } = JSON.parse(header ?? '') as { kid: string };
  const { epoch } = JSON.parse(claims ?? '') as { epoch: number };
  const { alg = 'HS256', kid = usualKid, secret = JWT_SECRET } = changes;
  const good = {
    sub: userId,
    jti: newId(),
    iss: 'clipscribe-auth',
    aud: 'clipscribe',
    iat: now,
    exp: now + 600,
    epoch,
  };
  const signed = `${encode({ alg, typ: 'JWT', kid })}.${encode({ ...good, ...changes.claims })}`;
  const hash = hashes[alg];
  return `${signed}.${hash === undefined ? '' : createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** Claims of a token that was good ten minutes ago. */
export function expiredClaims(): object {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now - 700, exp: now - 100 };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
