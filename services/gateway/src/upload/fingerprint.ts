import { createHash } from 'node:crypto';
import type { UploadOptions } from '@clipscribe/contracts';

/** Tells whether two uploads under one Idempotency-Key are the same: options, names and contents of all files. */
export function fingerprint(
  options: UploadOptions,
  files: readonly { name: string; bytes: number; sha256: string }[],
): string {
  const sorted = Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1));
  const content = JSON.stringify([sorted, files.map(({ name, bytes, sha256 }) => [name, bytes, sha256])]);
  return createHash('sha256').update(content).digest('hex');
}
