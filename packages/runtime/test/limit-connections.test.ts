import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { closeServer, listen, type Listening } from '../src/index.ts';

const MOST = 3;

let listening: Listening;
let isExempt = false;
let lines: unknown[];
let clients: Socket[];

beforeEach(async () => {
  isExempt = false;
  lines = [];
  clients = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  );
  listening = await listen((req, res) => res.end(req.url), {
    host: '127.0.0.1',
    port: 0,
    connections: { mostPerNetwork: MOST, isExempt: () => isExempt, log },
  });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await closeServer(listening.server, 0);
});

/** What a new connection is answered when it asks for `/it`, or nothing when it was closed. It stays open. */
function ask(): Promise<string> {
  const client = connect(listening.port, '127.0.0.1');
  clients.push(client);
  client.write('GET /it HTTP/1.1\r\nHost: x\r\n\r\n');
  return new Promise((resolve) => {
    client.once('data', (answer) => {
      resolve(answer.toString());
    });
    // A connection that is reset ends like one that is closed.
    client
      .on('error', () => undefined)
      .once('close', () => {
        resolve('');
      });
  });
}

const served = /^HTTP\/1\.1 200 [^]*\/it$/;

async function askOften(times: number): Promise<string[]> {
  const answers: string[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await ask());
  return answers;
}

describe('open connections of a network', () => {
  it('are closed unread above the limit; those that there are go on', async () => {
    const answers = await askOften(MOST + 2);
    for (const answer of answers.slice(0, MOST)) expect(answer).toMatch(served);
    expect(answers.slice(MOST)).toEqual(['', '']);
    const again = once(clients[0] ?? listening.server, 'data');
    clients[0]?.write('GET /again HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await again)[0])).toMatch(/\/again$/);
  });

  it('make room when they are closed', async () => {
    const accepted: Socket[] = [];
    listening.server.on('connection', (socket) => accepted.push(socket));
    await askOften(MOST + 1);
    const closed = once(accepted[0] ?? listening.server, 'close');
    clients[0]?.destroy();
    await closed;
    expect(await ask()).toMatch(served);
    expect(await ask()).toBe('');
  });

  it('are as many as they like from an address that stands for many', async () => {
    isExempt = true;
    for (const answer of await askOften(MOST * 3)) expect(answer).toMatch(served);
    expect(lines).toEqual([]);
  });

  it('are told once, however many are closed', async () => {
    await askOften(MOST + 4);
    expect(lines).toEqual([
      expect.objectContaining({ network: '127.0.0.1', most: MOST, msg: 'too many connections' }),
    ]);
  });
});
