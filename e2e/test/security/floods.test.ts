import { connect, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { Client } from '../../support/client.ts';
import { startEmbedded, type Running } from '../../support/running.ts';
import { head, request } from '../../support/security/raw-http.ts';
import { judge } from '../../support/security/verdict-table.ts';
import { adminEmail, adminPassword } from '../../support/suite-process.ts';

const MOST = 50;
const MANY = 120;
const LOGINS = 1000;

/** All of 127.0.0.0/8 is this machine; here each address is somebody. */
const FLOODER = '127.0.0.2';
const PROXY = '127.0.0.3';

const body = JSON.stringify({ email: 'nobody@example.org', password: 'not the password of anybody' });
const login = request(
  'POST /login',
  ['Content-Type: application/json', 'X-Forwarded-For: 203.0.113.7', 'Connection: close'],
  body,
);

describe('security: floods', () => {
  let folder: string;
  let suite: Running;
  let user: Client;
  let sockets: Socket[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-security-floods-'));
    suite = await startEmbedded(join(folder, 'data'), {
      TRANSCRIBER: 'none',
      TRUST_PROXY: PROXY,
      MAX_CONNECTIONS_PER_ADDRESS: String(MOST),
    });
    user = await Client.login(suite.url, adminEmail, adminPassword);
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  });
  afterAll(async () => {
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What so many connections, opened at the same moment, are answered first: status codes with their number. */
  async function flood(localAddress: string, connections: number, bytes: string | Buffer): Promise<string> {
    const seen = Array.from({ length: connections }, () => firstAnswer(localAddress, bytes));
    const counts = Object.entries(Object.groupBy(await Promise.all(seen), (status) => status));
    return counts.map(([status, all = []]) => `${String(all.length)}× ${status}`).join(', ');
  }

  function firstAnswer(localAddress: string, bytes: string | Buffer): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(suite.url).port), localAddress });
    sockets.push(socket);
    socket.write(bytes);
    return new Promise((resolve) => {
      socket.once('data', (answer) => {
        resolve(answer.toString().slice(9, 12));
      });
      // A connection that is reset ends like one that is closed.
      socket
        .on('error', () => undefined)
        .once('close', () => {
          resolve('closed');
        });
    });
  }

  async function others(): Promise<string> {
    return String((await user.fetch('/jobs')).status);
  }

  const ping = head('GET /healthz');

  judge('Floods', [
    {
      no: '37b',
      what: `${String(MANY)} connections of an address that may have ${String(MOST)}`,
      expected: `${String(MOST)}× 200, ${String(MANY - MOST)}× closed`,
      see: () => flood(FLOODER, MANY, ping),
    },
    {
      no: '37c',
      what: 'as many of a proxy, which stands for many people',
      expected: `${String(MANY)}× 200`,
      see: () => flood(PROXY, MANY, ping),
    },
    {
      no: '37d',
      what: 'another address while one has all of its connections',
      expected: '200',
      see: async () => {
        await flood(FLOODER, MOST, ping);
        return others();
      },
    },
    {
      no: '37e',
      what: `${String(LOGINS)} logins of a client behind a proxy at the same moment`,
      expected: /^(\d+× (401|429|503)(, )?)+$/,
      inWords: '401, 429 or 503',
      see: () => flood(PROXY, LOGINS, login),
    },
    {
      no: '37f',
      what: 'another user meanwhile',
      expected: '200',
      see: async () => {
        const flooding = flood(PROXY, LOGINS, login);
        const seen = await others();
        await flooding;
        return seen;
      },
    },
    {
      no: 'after',
      what: 'what the log says of it',
      expected: `too many connections from ${FLOODER}`,
      see: async () => {
        const lines = (await suite.logs()).match(/.*"msg":"too many connections".*/g) ?? [];
        const networks = lines.map((line) => /"network":"([^"]+)"/.exec(line)?.[1]);
        return `too many connections from ${[...new Set(networks)].join(', ')}`;
      },
    },
  ]);
});
