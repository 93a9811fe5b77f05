import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { problems, type ProblemCode } from '@clipscribe/contracts';
import { readDeadLetters } from '@clipscribe/job-queue';
import { routesOf } from '@clipscribe/runtime/testing';
import request, { type Response } from 'supertest';
import { startAuth, startGateway } from '../gateway-harness.ts';
import { pathMethods } from '../../src/routes/method-rules.ts';
import { entries, type Entry, type World } from './entries.ts';
import { Grid } from './grid.ts';
import { roles, type Role } from './roles.ts';

let world: World;
beforeAll(async () => {
  const auth = await startAuth();
  world = { auth, gateway: await startGateway(auth) };
});
afterEach(async () => {
  const { auth, gateway } = world;
  for (const { userId } of [auth.ada, auth.bob, auth.admin]) {
    const settings = await gateway.owners.get(userId);
    await gateway.owners.replace({ ...settings, webhooks: [] }, settings.version);
  }
  await gateway.reset();
});
afterAll(async () => {
  await world.gateway.close();
  await world.auth.close();
});

const names = Object.keys(roles) as Role[]; // the keys of a constant
const grid = new Grid(names);
afterAll(() => {
  process.stdout.write(`\nEvery route × every role\n\n${grid.toString()}\n\n`);
});

type Verdict = 'served' | ProblemCode;

/** What somebody must be answered. */
function rightFor({ access }: Entry, role: Role): Verdict {
  if (access === 'all') return 'served';
  if (access === 'admin' && (role === 'own' || role === "other's")) return 'NOT_FOUND';
  if (role === 'own') return 'served';
  if (role === "other's") return access === 'logged in' ? 'served' : 'NOT_FOUND';
  if (role === 'admin') return access === 'owner' ? 'NOT_FOUND' : 'served';
  return role === 'none' ? 'NO_TOKEN' : 'INVALID_TOKEN';
}

/** All that a refused request must leave as it was. */
async function everything({ gateway, auth }: World, path: string): Promise<unknown> {
  const upload = /^\/uploads\/([^/]+)/.exec(path)?.[1];
  return {
    jobs: await gateway.jobs.list({ limit: 100 }),
    files: (await gateway.filesOnDisk()).sort(),
    settings: await gateway.owners.get(auth.ada.userId),
    dead: await readDeadLetters(gateway.queue, { only: undefined, limit: 100 }),
    ...(path.startsWith('/admin/users') ? { users: await accounts() } : {}),
    upload: upload === undefined ? null : (await gateway.jobs.getUpload(upload))?.upload,
  };
}

async function accounts(): Promise<unknown> {
  const { auth, gateway } = world;
  return (await gateway.as(auth.admin).get('/admin/users?limit=100').expect(200)).body;
}

async function ask(method: string, path: string, entry: Entry, role: Role): Promise<Response> {
  const token = await roles[role](world.auth);
  const agent = request(world.gateway.url);
  const test = agent[method.toLowerCase() as 'get'](path); // supertest has one for each method of HTTP
  const dressed = entry.dress?.(test, world.auth) ?? test;
  return token === undefined ? dressed : dressed.set('Authorization', `Bearer ${token}`);
}

function expectVerdict(answer: Response, method: string, verdict: Verdict, served: number): void {
  expect(answer.status).toBe(verdict === 'served' ? served : problems[verdict].status);
  if (verdict === 'served') return;
  if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: verdict });
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
}

/** `HEAD` is served wherever there is `GET`, unless the rules of methods leave it out. */
const withHeads = Object.entries(entries).flatMap(([route, entry]): [string, Entry][] => {
  const head = route.replace(/^GET /, 'HEAD ');
  const path = route.slice(route.indexOf(' ') + 1);
  const hasHead = head !== route && pathMethods[path]?.includes('HEAD') === true;
  return hasHead
    ? [
        [route, entry],
        [head, entry],
      ]
    : [[route, entry]];
});

describe('the matrix', () => {
  it('has every route of the gateway, and no other', () => {
    expect(Object.keys(entries).sort()).toEqual(routesOf(world.gateway.app).sort());
  });

  it('has every method that is let through', () => {
    const let_ = Object.entries(pathMethods).flatMap(([path, methods]) =>
      methods.map((method) => `${method} ${path}`),
    );
    expect(withHeads.map(([route]) => route).sort()).toEqual(let_.sort());
  });
});

describe.each(withHeads)('%s', (route, entry) => {
  const method = route.split(' ')[0] ?? '';

  it.each(names)('%s', async (role) => {
    const verdict = rightFor(entry, role);
    const path = await entry.path(world);
    const before = await everything(world, path);
    const answer = await ask(method, path, entry, role);
    const after = await everything(world, path);
    const isRight = answer.status === (verdict === 'served' ? entry.status : problems[verdict].status);
    grid.set(route, role, `${String(answer.status)}${isRight ? '' : ' FAILED'}`);
    expectVerdict(answer, method, verdict, entry.status);
    if (verdict !== 'served') expect(after).toEqual(before);
    // Nobody but Ada and administrators who ask for her things is told anything of hers.
    const forAdmins = entry.access === 'admin' || entry.access === 'owner or admin';
    if (role !== 'own' && !(role === 'admin' && forAdmins)) {
      const told = `${answer.text} ${JSON.stringify(answer.headers)}`;
      for (const { id } of (before as { jobs: { id: string }[] }).jobs) expect(told).not.toContain(id);
      expect(told).not.toContain(world.auth.ada.userId);
    }
  });
});
