import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '@clipscribe/runtime';
import {
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoWriteConcernError,
} from 'mongodb';
import { asMongoError, isDuplicateKey, repeatIfUnknown } from '../src/index.ts';

const answered = (code: number, labels: string[] = []): MongoServerError =>
  new MongoServerError({ errmsg: 'no', code, errorLabels: labels });

describe('errors of MongoDB', () => {
  it.each<[string, unknown]>([
    ['network', new MongoNetworkError('reset')],
    ['silence', new MongoNetworkTimeoutError('silent')],
    ['no longer primary', answered(10107)],
    ['shutting down', answered(11600)],
    ['wrong password', answered(18)],
    ['disk full', answered(14031)],
    ['one that the server calls transient', answered(4711, ['RetryableWriteError'])],
    [
      'no majority',
      new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: 'waiting' } }),
    ],
    ['name look-up', Object.assign(new Error('querySrv ENOTFOUND'), { syscall: 'querySrv', hostname: 'h' })],
  ])('mean that the service is not available: %s', (_name, error) => {
    const mapped = asMongoError(error, 'file store');
    expect(mapped).toBeInstanceOf(UnavailableError);
    expect(mapped).toMatchObject({ service: 'file store', cause: error });
  });

  it.each<[string, unknown]>([
    ['duplicate key', answered(11000)],
    ['bad value', answered(2)],
    ['wrong use of the driver', new MongoInvalidArgumentError('wrong')],
    ['our mistake', new TypeError('wrong')],
    ['a file of ours', Object.assign(new Error('open ENOENT'), { code: 'ENOENT', syscall: 'open' })],
    ['no error at all', undefined],
  ])('stay as they are: %s', (_name, error) => {
    expect(asMongoError(error, 'file store')).toBe(error);
  });

  it('tell a duplicate key', () => {
    expect(isDuplicateKey(answered(11000))).toBe(true);
    expect(isDuplicateKey(answered(11600))).toBe(false);
    expect(isDuplicateKey(undefined)).toBe(false);
  });
});

describe('a write whose outcome is unknown', () => {
  /** Fails as told, then succeeds; notes what it was told. */
  function writing(...failures: Error[]): { calls: boolean[]; write: (again: boolean) => Promise<string> } {
    const calls: boolean[] = [];
    const write = (again: boolean): Promise<string> => {
      calls.push(again);
      const failure = failures.shift();
      return failure === undefined ? Promise.resolve('written') : Promise.reject(failure);
    };
    return { calls, write };
  }

  it('is repeated, and told so', async () => {
    const { calls, write } = writing(new MongoNetworkError('reset'));
    expect(await repeatIfUnknown(write)).toBe('written');
    expect(calls).toEqual([false, true]);
  });

  it('is repeated once', async () => {
    const { calls, write } = writing(new MongoNetworkError('one'), new MongoNetworkError('two'));
    await expect(repeatIfUnknown(write)).rejects.toThrow('two');
    expect(calls).toHaveLength(2);
  });

  it('is not repeated when its outcome is known', async () => {
    const { calls, write } = writing(answered(11000));
    await expect(repeatIfUnknown(write)).rejects.toThrow(MongoServerError);
    expect(calls).toEqual([false]);
  });
});
