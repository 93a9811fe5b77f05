import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { inTurns } from '../src/request-turns.ts';

/** What began, by the address it came from, in this order. */
let begun: string[];
let handler: RequestListener;
beforeEach(() => {
  begun = [];
  handler = inTurns((req) => begun.push(addressOf(req)), addressOf);
});

function addressOf({ headers }: IncomingMessage): string {
  return String(headers['x-forwarded-for']);
}

function come(address: string, times = 1): ServerResponse[] {
  return Array.from({ length: times }, () => {
    const req = new IncomingMessage(new Socket());
    req.headers['x-forwarded-for'] = address;
    const res = new ServerResponse(req);
    handler(req, res);
    return res;
  });
}

const count = (address: string): number => begun.filter((one) => one === address).length;

const one = '203.0.113.7';
const other = '198.51.100.1';

describe('requests that come in the same turn', () => {
  it('begin at once when they are few', () => {
    come(one, 4);
    expect(count(one)).toBe(4);
  });

  it('begin four a turn when they are many, and those of others in between', async () => {
    come(one, 10);
    come(other);
    expect(begun).toEqual([one, one, one, one, other]);
    await nextTurn();
    expect(count(one)).toBe(8);
    come(other);
    expect(count(other)).toBe(2);
    await nextTurn();
    expect(count(one)).toBe(10);
  });

  it('begin in the order of their coming, later ones behind those that wait', async () => {
    const seen: number[] = [];
    const ordered = inTurns(
      (req) => seen.push(Number(req.url)),
      () => one,
    );
    const send = (url: number): void => {
      const req = new IncomingMessage(new Socket());
      req.url = String(url);
      ordered(req, new ServerResponse(req));
    };
    for (let n = 0; n < 6; n += 1) send(n);
    await nextTurn();
    send(6);
    await nextTurn();
    await nextTurn();
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('wait together when they come from one network', () => {
    come('2001:db8:0:1::1', 4);
    come('2001:db8:0:1:ffff::2');
    come('2001:db8:0:2::1');
    expect(begun).toHaveLength(5);
    expect(begun.at(-1)).toBe('2001:db8:0:2::1');
  });

  it('do not begin when nobody waits for them any more', async () => {
    for (const res of come(one, 6)) res.destroy();
    await nextTurn();
    await nextTurn();
    expect(count(one)).toBe(4);
  });
});

it('a turn later everything is as before', async () => {
  come(one, 4);
  await nextTurn();
  await nextTurn();
  come(one, 4);
  expect(count(one)).toBe(8);
});
