import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobView } from '@clipscribe/contracts';
import { startDeletion } from '@clipscribe/job-protocol';
import type { Response } from 'supertest';
import {
  startAuth,
  startGateway,
  type GatewayUnderTest,
  type Person,
  type TestAuth,
} from './gateway-harness.ts';
import { step } from './job-maker.ts';
import { fieldPart, filePart, multipart, MULTIPART_TYPE } from './multipart-body.ts';
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

const KEY = '6a1e-key/of:ada';
const one = filePart('one.mp4', 'one');
const two = filePart('two.mp4', 'two');

const upload = (
  parts: Buffer[] = [one, two],
  { person = auth.ada, key = KEY }: { person?: Person; key?: string } = {},
) =>
  gateway
    .as(person)
    .post('/upload')
    .set({ 'Content-Type': MULTIPART_TYPE, 'Idempotency-Key': key })
    .send(multipart(...parts));

function idsIn(answer: Response): string[] {
  expect(answer.status).toBe(202);
  return (answer.body as { jobs: JobView[] }).jobs.map(({ id }) => id);
}

/** Jobs and files of them; a file is its content and its record. */
async function stored(): Promise<{ jobs: number; files: number; intents: number }> {
  const { jobs, files, intents } = await gateway.leftovers();
  return { jobs: jobs.length, files: files.length / 2, intents };
}

describe('Idempotency-Key', () => {
  it('gives the same jobs for the same upload, and keeps the bytes once', async () => {
    const first = await upload();
    const second = await upload();
    expect(idsIn(second)).toEqual(idsIn(first));
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(await stored()).toEqual({ jobs: 2, files: 2, intents: 0 });
  });

  it('gives the same jobs to ten that come together', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => upload()));
    expect(new Set(answers.map((answer) => idsIn(answer).join())).size).toBe(1);
    expect(await stored()).toEqual({ jobs: 2, files: 2, intents: 0 });
  });

  it('answers with the jobs as they are by then', async () => {
    const [id = ''] = idsIn(await upload([one]));
    await gateway.as(auth.ada).post(`/jobs/${id}/cancel`).expect(200);
    expect((await upload([one])).body).toMatchObject({ jobs: [{ id, state: 'cancelled' }] });
  });

  it.each([
    ['another content', [filePart('one.mp4', 'eno'), two]],
    ['another name', [filePart('uno.mp4', 'one'), two]],
    ['another order', [two, one]],
    ['fewer files', [one]],
    ['more files', [one, two, one]],
    ['another option', [fieldPart('quality', 'V0'), one, two]],
  ])('refuses %s under the same key', async (_what, parts) => {
    await upload().expect(202);
    expectProblem(await upload(parts), 'IDEMPOTENCY_KEY_REUSED');
    expect(await stored()).toEqual({ jobs: 2, files: 2, intents: 0 });
  });

  it('takes an option that says the default for the same upload', async () => {
    const first = await upload([one]);
    expect(idsIn(await upload([one, fieldPart('quality', 'v2')]))).toEqual(idsIn(first));
  });

  it('is the key of its owner alone', async () => {
    const ofAda = idsIn(await upload([one]));
    const ofBob = idsIn(await upload([two], { person: auth.bob }));
    expect(ofBob).not.toEqual(ofAda);
    expectProblem(await gateway.as(auth.ada).get(`/jobs/${ofBob[0] ?? ''}`), 'NOT_FOUND');
  });

  it('of 255 characters is one, and another key is another upload', async () => {
    const first = idsIn(await upload([one], { key: 'k'.repeat(255) }));
    expect(idsIn(await upload([one], { key: 'k'.repeat(254) }))).not.toEqual(first);
    expect(await stored()).toEqual({ jobs: 2, files: 2, intents: 0 });
  });

  it('is not used up by an upload that was refused', async () => {
    expectProblem(await upload([filePart('empty.mp4', '')]), 'EMPTY_FILE');
    expect(idsIn(await upload())).toHaveLength(2);
  });

  it('is refused while its jobs are being deleted, and shows nothing of them', async () => {
    const [id = ''] = idsIn(await upload([one]));
    await step(gateway, id, startDeletion);
    expectProblem(await upload([one]), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('is free again once its jobs are deleted', async () => {
    const [first = ''] = idsIn(await upload([one]));
    await gateway.as(auth.ada).delete(`/jobs/${first}`).expect(204);
    expect(idsIn(await upload([one]))).not.toEqual([first]);
    expect(await stored()).toEqual({ jobs: 1, files: 1, intents: 0 });
  });

  it('still gives the job that is left of several', async () => {
    const [first = '', second = ''] = idsIn(await upload());
    await gateway.as(auth.ada).delete(`/jobs/${first}`).expect(204);
    expect(idsIn(await upload())).toEqual([second]);
  });
});
