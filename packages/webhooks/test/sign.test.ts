import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, rotated, ROTATION_MS, signedHeaders, signing } from '../src/index.ts';

const body = JSON.stringify({ type: 'job.failed', note: 'Grüße aus Köln 🎬' });

function signed(secrets: readonly { value: string }[], timestamp = Math.floor(Date.now() / 1000)) {
  return signedHeaders({ id: 'some-id', timestamp, body }, secrets);
}

describe('signatures', () => {
  it('are what the library of the standard accepts', () => {
    const secret = newSecret(1);
    expect(new Webhook(secret.value).verify(body, signed([secret]))).toEqual(JSON.parse(body));
    expect(signed([secret])['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  it('are what that library makes of the same', () => {
    const { value } = newSecret(1);
    const timestamp = 1_800_000_000;
    const theirs = new Webhook(value).sign('some-id', new Date(timestamp * 1000), body);
    expect(signed([{ value }], timestamp)['webhook-signature']).toBe(theirs);
  });

  it.each(['another body', body.replace('Köln', 'Bonn')])('do not fit %s', (other) => {
    const secret = newSecret(1);
    expect(() => new Webhook(secret.value).verify(other, signed([secret]))).toThrow();
  });

  it('do not fit another secret, an old time, another id', () => {
    const secret = newSecret(1);
    const headers = signed([secret]);
    expect(() => new Webhook(newSecret(1).value).verify(body, headers)).toThrow();
    expect(() => new Webhook(secret.value).verify(body, { ...headers, 'webhook-id': 'x' })).toThrow();
    expect(() => new Webhook(secret.value).verify(body, signed([secret], 1_000_000))).toThrow();
  });
});

describe('a rotation', () => {
  it('has both secrets sign for a day, then the new one alone', () => {
    const first = [newSecret(1000)];
    const both = rotated(first, 2000);
    expect(both.map(({ validUntil }) => validUntil)).toEqual([undefined, 2000 + ROTATION_MS]);
    expect(both[1]?.value).toBe(first[0]?.value);
    expect(both[0]?.value).not.toBe(first[0]?.value);
    expect(signing(both, 1999 + ROTATION_MS)).toHaveLength(2);
    expect(signing(both, 2000 + ROTATION_MS)).toEqual([both[0]]);
  });

  it('is accepted by receivers that know either secret', () => {
    const both = rotated([newSecret(1)], Date.now());
    for (const { value } of both) expect(new Webhook(value).verify(body, signed(both))).toBeDefined();
  });

  it('forgets the secret before the last', () => {
    const first = newSecret(1);
    const twice = rotated(rotated([first], 2), 3);
    expect(twice).toHaveLength(2);
    expect(twice.map(({ value }) => value)).not.toContain(first.value);
  });

  it('begins with one secret where there was none', () => {
    expect(rotated([], 5)).toMatchObject([{ createdAt: 5 }]);
  });
});

it('secrets are long enough, and never the same', () => {
  const [one, other] = [newSecret(1).value, newSecret(1).value];
  expect(one).not.toBe(other);
  expect(Buffer.from(one.replace('whsec_', ''), 'base64')).toHaveLength(32);
});
