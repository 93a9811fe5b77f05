import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jobListSchema, jobViewSchema, visibleStates } from '@clipscribe/contracts';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { audioOnlyJob, jobMakers, failedJob, partialJob, queuedJob, succeededJob } from './job-maker.ts';
import { expectProblem } from './problem.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

const states = Object.entries(jobMakers);
const as = (person: Person = auth.ada) => gateway.as(person);

describe('GET /jobs/:id', () => {
  it.each([...states, ['succeeded', audioOnlyJob] as const])(
    'shows a job that is %s',
    async (state, make) => {
      const { id } = await make(gateway, auth.ada);
      const { body } = await as().get(`/jobs/${id}`).expect(200);
      expect(jobViewSchema.parse(body)).toEqual(body); // nothing that the contract does not name
      expect(body).toMatchObject({ id, state, links: { self: `/jobs/${id}`, events: `/jobs/${id}/events` } });
    },
  );

  it('says why a job failed, with links only to what is there', async () => {
    const failed = jobViewSchema.parse(
      (await as().get(`/jobs/${(await failedJob(gateway, auth.ada)).id}`)).body,
    );
    expect(failed.error).toEqual({ code: 'NO_AUDIO_TRACK', reason: expect.stringContaining('no sound') });
    expect(Object.keys(failed.links)).toEqual(['self', 'events']);

    const partial = jobViewSchema.parse(
      (await as().get(`/jobs/${(await partialJob(gateway, auth.ada)).id}`)).body,
    );
    expect(partial.transcript.error).toMatchObject({ code: 'PROVIDER_REJECTED' });
    expect(partial.links).not.toHaveProperty('transcript');
    for (const name of ['self', 'audio', 'download'] as const)
      await as()
        .get(partial.links[name] ?? '')
        .expect(200);

    const whole = jobViewSchema.parse(
      (await as().get(`/jobs/${(await succeededJob(gateway, auth.ada)).id}`)).body,
    );
    for (const link of Object.values(whole.links))
      await as()
        .get(link ?? '')
        .expect(200);
  });

  it('tells when things happened, as ISO dates', async () => {
    const job = await succeededJob(gateway, auth.ada);
    const { body } = await as().get(`/jobs/${job.id}`);
    expect(body).toMatchObject({
      createdAt: new Date(job.createdAt).toISOString(),
      finishedAt: new Date(job.finishedAt ?? 0).toISOString(),
      audio: { finishedAt: new Date(job.audio.finishedAt ?? 0).toISOString() },
    });
  });

  it.each([
    '0198f2c0-0000-7000-8000-000000000000',
    'nonsense',
    'a%00b',
    '..%2f..',
    '%2e%2e',
    '%0d%0aX-Header:x',
    '0',
    "'%20OR%201=1--",
  ])('id %s: 404', async (id) => {
    for (const path of [`/jobs/${id}`, `/jobs/${id}/audio`, `/jobs/${id}/transcript`, `/jobs/${id}/events`]) {
      expectProblem(await as().get(path), 'NOT_FOUND');
    }
    expectProblem(await as().post(`/jobs/${id}/cancel`), 'NOT_FOUND');
    expectProblem(await as().post(`/jobs/${id}/retry`), 'NOT_FOUND');
    expectProblem(await as().delete(`/jobs/${id}`), 'NOT_FOUND');
  });
});

describe('GET /jobs', () => {
  const list = async (query = '') => jobListSchema.parse((await as().get(`/jobs${query}`).expect(200)).body);

  async function makeJobs(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1) ids.unshift((await queuedJob(gateway, auth.ada)).id);
    return ids;
  }

  it('is empty at first', async () => {
    expect(await list()).toEqual({ jobs: [], nextCursor: null });
  });

  it('gives pages of 20, newest first, until there is no cursor', async () => {
    const ids = await makeJobs(23);
    const first = await list();
    expect(first.jobs.map(({ id }) => id)).toEqual(ids.slice(0, 20));
    const second = await list(`?cursor=${first.nextCursor ?? ''}`);
    expect(second.jobs.map(({ id }) => id)).toEqual(ids.slice(20));
    expect(second.nextCursor).toBeNull();
  });

  it('gives pages of any size, and no empty last one', async () => {
    const ids = await makeJobs(6);
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      pages.push(page.jobs.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect((await list('?limit=100')).jobs).toHaveLength(6);
  });

  it('goes on where it was when jobs come and go in between', async () => {
    const [newest = '', middle = '', oldest = ''] = await makeJobs(3);
    const { nextCursor } = await list('?limit=2');
    await makeJobs(2);
    await as().delete(`/jobs/${middle}`).expect(204);
    await as().delete(`/jobs/${newest}`).expect(204);
    expect((await list(`?cursor=${nextCursor ?? ''}`)).jobs.map(({ id }) => id)).toEqual([oldest]);
  });

  it('shows one state alone when it is asked to', async () => {
    const ids = new Map<string, string>();
    for (const [state, make] of states) ids.set(state, (await make(gateway, auth.ada)).id);
    for (const state of visibleStates) {
      const { jobs } = await list(`?state=${state}`);
      expect(jobs.map((job) => [job.id, job.state])).toEqual([[ids.get(state), state]]);
    }
  });

  async function named(name: string, title?: string, person: Person = auth.ada): Promise<string> {
    const job = await queuedJob(gateway, person, name);
    if (title !== undefined)
      await gateway.jobs.replace({ ...job, options: { ...job.options, title } }, job.version);
    return job.id;
  }

  it('finds jobs by their names and titles, in any case, page by page', async () => {
    const [first, second] = [await named('Été à Paris.mp4'), await named('0001.mov', 'The été after')];
    await named('winter.mp4');
    await named('été of somebody else.mp4', undefined, auth.bob);
    const search = `search=${encodeURIComponent(' ÉTÉ ')}`;
    expect((await list(`?${search}`)).jobs.map(({ id }) => id)).toEqual([second, first]);
    const page = await list(`?${search}&limit=1`);
    expect(page).toMatchObject({ jobs: [{ id: second }], nextCursor: second });
    const rest = await list(`?${search}&limit=1&state=queued&cursor=${second}`);
    expect(rest).toMatchObject({ jobs: [{ id: first }], nextCursor: null });
    expect(await list(`?${search}&state=failed`)).toEqual({ jobs: [], nextCursor: null });
  });

  it.each(['%', '_', '.*', '100%', "'", '[', '\\', '+'])('searches for %s itself', async (special) => {
    const id = await named(`100${special} sure.mp4`);
    await named('100 1 sure.mp4');
    const { jobs } = await list(`?search=${encodeURIComponent(`0${special}`)}`);
    expect(jobs.map((job) => job.id)).toEqual([id]);
  });

  it('a cursor of somebody else shows nothing of theirs', async () => {
    const mine = await queuedJob(gateway, auth.ada);
    const theirs = await queuedJob(gateway, auth.bob);
    expect((await list(`?cursor=${theirs.id}`)).jobs.map(({ id }) => id)).toEqual([mine.id]);
  });

  it.each([
    ...[
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1.5',
      'limit=many',
      'limit=',
      'limit=1&limit=2',
      'limit=1e999',
    ],
    ...[
      'cursor=x',
      'cursor=',
      'cursor=..%2f',
      'cursor=0198f2c0-0000-7000-8000-000000000000x',
      'cursor[$ne]=x&cursor=1',
    ],
    ...[
      'state=unknown',
      'state=deleted',
      'state=deleting',
      'state=',
      'state=__proto__',
      'state=failed&state=queued',
    ],
    ...['search=', 'search=%20%20', 'search=a&search=b', 'search=a%00b', `search=${'x'.repeat(201)}`],
  ])('%s: 400 that names the field', async (query) => {
    const answer = await as().get(`/jobs?${query}`);
    expectProblem(answer, 'INVALID_INPUT');
    expect((answer.body as { detail: string }).detail).toMatch(
      new RegExp(`^${/^\w+/.exec(query)?.[0] ?? ''}:`),
    );
  });
});
