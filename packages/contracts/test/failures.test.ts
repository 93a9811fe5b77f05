import { describe, expect, it } from '@jest/globals';
import { asJobFailure, failures, JobFailure, type FailureCode } from '@clipscribe/contracts';

// Object.keys gives the keys of this very table.
const codes = Object.keys(failures) as FailureCode[];

/** An error as Node's file system calls throw it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: write`), { code });
}

describe('failures', () => {
  it.each(codes)('%s has a stable form and a sentence for the owner', (code) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(failures[code].reason).toMatch(/^[A-Z].*\.$/);
  });

  it('never tries bad media again, and always what is our own fault', () => {
    const transient = codes.filter((code) => failures[code].transient);
    expect(transient).not.toContain('NOT_MEDIA');
    expect(transient).not.toContain('CORRUPT_MEDIA');
    expect(transient).toEqual(
      expect.arrayContaining(['INTERNAL', 'STORAGE_FULL', 'WORKER_LOST', 'PROVIDER_RATE_LIMITED']),
    );
  });
});

describe('JobFailure', () => {
  it.each(codes)('%s carries the code and its transience', (code) => {
    const failure = new JobFailure(code);
    expect(failure).toMatchObject({ name: 'JobFailure', code, message: failures[code].reason });
    expect(failure.transient).toBe(failures[code].transient);
  });

  it('parks what only the operator can end, and is not reported by itself', () => {
    const parked = codes.filter((code) => new JobFailure(code).parked);
    expect(parked).toEqual(['PROVIDER_QUOTA']);
    for (const code of parked) expect(failures[code].transient).toBe(true);
    expect(new JobFailure('PROVIDER_AUTH').reported).toBe(false);
    expect(new JobFailure('PROVIDER_AUTH', { reported: true }).reported).toBe(true);
  });

  it('keeps detail, cause and the wait that was asked for', () => {
    const cause = new Error('429');
    const failure = new JobFailure('PROVIDER_RATE_LIMITED', {
      detail: 'slow down',
      cause,
      retryAfterMs: 1500,
    });
    expect(failure).toMatchObject({ message: 'slow down', cause, retryAfterMs: 1500 });
  });
});

describe('asJobFailure', () => {
  it('passes a JobFailure through unchanged', () => {
    const failure = new JobFailure('NO_AUDIO_TRACK');
    expect(asJobFailure(failure)).toBe(failure);
  });

  it.each(['ENOSPC', 'EDQUOT'])('calls %s a full storage, which passes', (code) => {
    const cause = systemError(code);
    expect(asJobFailure(cause)).toMatchObject({ code: 'STORAGE_FULL', transient: true, cause });
  });

  it.each([new TypeError('x is not a function'), systemError('EIO'), 'a string', undefined, null])(
    'calls %p internal and transient, never bad media',
    (thrown) => {
      expect(asJobFailure(thrown)).toMatchObject({ code: 'INTERNAL', transient: true, cause: thrown });
    },
  );
});
