import { createSecretKey, type KeyObject } from 'node:crypto';
import { idSchema, newId } from '@clipscribe/contracts';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { SigningKey } from './signing-key.ts';

const ISSUER = 'clipscribe-auth';
const AUDIENCE = 'clipscribe';

export interface TokenOptions {
  current: SigningKey;
  /** Still accepted, so that a change of keys does not sign everybody out. */
  previous?: SigningKey;
  ttlSeconds: number;
  /** ms since the epoch. */
  clock: () => number;
}

/**
 * `epoch` is the account's `tokensValidFrom` when the password was checked. A changed password changes it, so
 * that earlier tokens end exactly then: `iat` has whole seconds only, and the clocks of two servers differ.
 */
const claimsSchema = z.object({ sub: idSchema, jti: idSchema, iat: z.int(), exp: z.int(), epoch: z.int() });

export interface TokenClaims {
  userId: string;
  tokenId: string;
  epoch: number;
  /** ms since the epoch. */
  expiresAt: number;
}

/** Makes and reads the bearer tokens: JWT, HS256 and nothing else. */
export class Tokens {
  readonly ttlSeconds: number;
  readonly #currentId: string;
  readonly #currentKey: KeyObject;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #clock: () => number;

  constructor({ current, previous, ttlSeconds, clock }: TokenOptions) {
    this.ttlSeconds = ttlSeconds;
    this.#currentId = current.id;
    this.#currentKey = keyOf(current);
    this.#keys = new Map([
      ...(previous === undefined ? [] : [[previous.id, keyOf(previous)] as const]),
      [current.id, this.#currentKey],
    ]);
    this.#clock = clock;
  }

  /** A fresh token for a user; `epoch` is the account's `tokensValidFrom`. */
  issue(userId: string, epoch: number): string {
    const iat = this.#nowSeconds();
    const claims = {
      sub: userId,
      jti: newId(),
      iss: ISSUER,
      aud: AUDIENCE,
      iat,
      exp: iat + this.ttlSeconds,
      epoch,
    };
    return jwt.sign(claims, this.#currentKey, { algorithm: 'HS256', keyid: this.#currentId });
  }

  /** What a token says, or null when it is not ours, was changed or has expired. */
  read(token: string): TokenClaims | null {
    const parsed = claimsSchema.safeParse(this.#verify(token));
    if (!parsed.success) return null;
    const { sub, jti, epoch, exp } = parsed.data;
    return { userId: sub, tokenId: jti, epoch, expiresAt: exp * 1000 };
  }

  #verify(token: string): unknown {
    try {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const key = kid === undefined ? undefined : this.#keys.get(kid);
      if (key === undefined) return null;
      const clockTimestamp = this.#nowSeconds();
      return jwt.verify(token, key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp,
      });
    } catch {
      // The keys are our own and in order, so whatever is wrong is wrong with the token.
      return null;
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock() / 1000);
  }
}

function keyOf({ secret }: SigningKey): KeyObject {
  return createSecretKey(Buffer.from(secret, 'utf8'));
}
