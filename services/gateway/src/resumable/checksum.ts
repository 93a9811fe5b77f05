import { createHash, type Hash } from 'node:crypto';
import { HttpProblem } from '@clipscribe/runtime';

/** Algorithms that an `Upload-Checksum` may name, with the bytes of their digests; tus demands SHA-1. */
const digestBytes = new Map([
  ['sha1', 20],
  ['sha256', 32],
  ['sha512', 64],
]);

export const checksumAlgorithms: readonly string[] = [...digestBytes.keys()];

/** The checksum that a client gives for the bytes of one request. */
export class Checksum {
  readonly #hash: Hash;
  readonly #wanted: Buffer;

  private constructor(algorithm: string, wanted: Buffer) {
    this.#hash = createHash(algorithm);
    this.#wanted = wanted;
  }

  /** Reads an `Upload-Checksum` header such as `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`. @throws HttpProblem INVALID_CHECKSUM */
  static read(header: string | undefined): Checksum | undefined {
    if (header === undefined) return undefined;
    const [, algorithm = '', digest = ''] = /^(\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(header.trim()) ?? [];
    const wanted = Buffer.from(digest, 'base64');
    if (wanted.length === digestBytes.get(algorithm)) return new Checksum(algorithm, wanted);
    const names = checksumAlgorithms.join(', ');
    throw new HttpProblem(
      'INVALID_CHECKSUM',
      `Upload-Checksum must be one of ${names}, a space, and the digest as base64.`,
    );
  }

  update(chunk: Buffer): void {
    this.#hash.update(chunk);
  }

  /** Call it once, after the last byte. @throws HttpProblem CHECKSUM_MISMATCH */
  verify(): void {
    if (this.#hash.digest().equals(this.#wanted)) return;
    const detail = 'The bytes did not arrive as they were sent, and none of them is kept. Send them again.';
    throw new HttpProblem('CHECKSUM_MISMATCH', detail);
  }
}
