import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { jobListSchema } from '@clipscribe/contracts';
import { hostile } from '@clipscribe/converter/testing';
import { Client } from '../../support/client.ts';
import { startEmbedded, type Running } from '../../support/running.ts';
import { request, sendRaw, verdictOf } from '../../support/security/raw-http.ts';
import { judge, type Case } from '../../support/security/verdict-table.ts';
import { soon } from '../../support/soon.ts';
import { adminEmail, adminPassword } from '../../support/suite-process.ts';
import { accessCases } from './http-cases/access.ts';
import { bodyCases } from './http-cases/bodies.ts';
import { protocolCases } from './http-cases/protocol.ts';
import { resumableCases } from './http-cases/resumable.ts';
import { limits, uploadCases } from './http-cases/uploads.ts';
import type { World } from './http-cases/world.ts';

const LOGINS = 40;

describe('security: hostile HTTP', () => {
  let folder: string;
  let suite: Running;
  let world: World;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-security-http-'));
    suite = await startEmbedded(join(folder, 'data'), {
      ...limits,
      REGISTRATION: 'open',
      TRANSCRIBER: 'none',
    });
    const { url } = suite;
    const ada = await register(url, 'ada@example.org');
    const eve = await register(url, 'eve@example.org');
    const content = hostile.wav({ dataBytes: 16_000 });
    const [job] = await ada.upload([
      { name: 'clip.wav', bytes: content.length, content: () => Readable.from([content]) },
    ]);
    const done = await ada.ended(job?.id ?? '');
    world = { url, ada, adaEmail: 'ada@example.org', eve, job: done, begun: new Set([done.id]) };
  });
  afterAll(async () => {
    await suite.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const getWorld = (): World => world;
  const cases = [
    ...protocolCases(getWorld),
    ...bodyCases(getWorld),
    ...uploadCases(getWorld),
    ...accessCases(getWorld),
    ...resumableCases(getWorld),
  ];
  judge('Hostile HTTP', [
    ...cases.sort((one, other) => place(one) - place(other)),
    {
      no: '37',
      what: `${String(LOGINS)} wrong logins in a row`,
      expected: /^429 \w+, Retry-After$/,
      inWords: '429 with Retry-After',
      see: floodLogins,
    },
    {
      no: 'after',
      what: 'other people are served',
      expected: '200',
      see: async () => String((await world.ada.fetch('/jobs')).status),
    },
    { no: 'after', what: 'jobs that nobody was promised', expected: 'none', see: strayJobs },
    { no: 'after', what: 'files left when all jobs are deleted', expected: 'none', see: filesLeft },
  ]);

  async function floodLogins(): Promise<string> {
    const body = JSON.stringify({ email: 'nobody@example.org', password: 'a wrong password' });
    const login = () => sendRaw(world.url, request('POST /login', ['Content-Type: application/json'], body));
    const answers = await Promise.all(Array.from({ length: LOGINS }, login));
    const limited = answers.find(({ status }) => status === 429);
    if (limited === undefined) return [...new Set(answers.map(verdictOf))].join(', ');
    return `${verdictOf(limited)}${limited.headers['retry-after'] === undefined ? ', no Retry-After' : ', Retry-After'}`;
  }

  async function strayJobs(): Promise<string> {
    const people = [world.ada, world.eve];
    const lists = people.map(
      async (one) => jobListSchema.parse(await (await one.fetch('/jobs?limit=100')).json()).jobs,
    );
    const stray = (await Promise.all(lists)).flat().filter(({ id }) => !world.begun.has(id));
    return stray.length === 0 ? 'none' : stray.map(({ source }) => source.name).join(', ');
  }

  async function filesLeft(): Promise<string> {
    for (const id of world.begun) {
      await world.ada.fetch(`/uploads/${id}`, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } });
      await world.ada.fetch(`/jobs/${id}`, { method: 'DELETE' });
    }
    await soon(async () => (await suite.storedFiles()).length === 0).catch(() => undefined);
    return (await suite.storedFiles()).join(', ') || 'none';
  }
});

/** By the number; cases without one come last, in their order. */
function place({ no }: Case): number {
  return Number.parseInt(no, 10) || 100;
}

async function register(url: string, email: string): Promise<Client> {
  const password = adminPassword.split('').reverse().join('');
  const body = JSON.stringify({ email, password });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/register`, { method: 'POST', headers, body });
  if (answer.status !== 201)
    throw new Error(`${email} could not register, nor log in as ${adminEmail}: ${await answer.text()}`);
  return Client.login(url, email, password);
}
