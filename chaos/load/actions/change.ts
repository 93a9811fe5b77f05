import { setTimeout as delay } from 'node:timers/promises';
import { jobViewSchema } from '@clipscribe/contracts';
import type { Scene } from '../scene.ts';
import { isOver, type TrackedJob } from '../book.ts';
import type { Answer } from '../person.ts';
import { look } from './look.ts';

const REPEATS = 3;
const REPEAT_AFTER_MS = 500;

/** Cancels a job that does not seem to be over. */
export async function cancelJob(scene: Scene): Promise<void> {
  const job = pick(scene, (one) => !isOver(one));
  if (job === undefined) return;
  const answer = await scene.person.ask(`/jobs/${job.id}/cancel`, [200, 409, ...ifGone(job)], post);
  if (answer === null) job.wasCancelUnclear = true;
  if (answer?.status !== 200) return;
  job.isCancelled = true;
  scene.book.saw(job, viewIn(answer));
}

/** Runs a job again that did not succeed. */
export async function retryJob(scene: Scene): Promise<void> {
  const job = pick(scene, (one) => isOver(one) && one.seen.state !== 'succeeded');
  if (job === undefined) return;
  const answer = await scene.person.ask(`/jobs/${job.id}/retry`, [202, 409, ...ifGone(job)], post);
  if (answer === null) job.reruns.unclear += 1;
  if (answer?.status === 202) ranAgain(scene, job, answer);
  if (answer?.status === 409) await expectChanged(scene, job);
}

/** Has a new version of the transcript made, by a request with a key that is repeated until it is answered. */
export async function transcribeAgain(scene: Scene): Promise<void> {
  const job = pick(scene, (one) => one.seen.state === 'succeeded');
  if (job === undefined) return;
  const headers = { 'content-type': 'application/json', 'idempotency-key': `again-${scene.name}` };
  const init = { ...post, headers, body: '{}' };
  for (let tries = 0; tries < REPEATS; tries += 1) {
    const answer = await scene.person.ask(`/jobs/${job.id}/transcripts`, [202, 409, ...ifGone(job)], init);
    if (answer?.status === 202) {
      ranAgain(scene, job, answer);
      return;
    }
    if (answer?.status === 409) return expectChanged(scene, job);
    if (answer !== null) return;
    await delay(REPEAT_AFTER_MS);
  }
  job.reruns.unclear += 1;
}

/** Deletes a job, over or not. */
export async function deleteJob(scene: Scene): Promise<void> {
  const job = pick(scene, () => true);
  if (job === undefined) return;
  const answer = await scene.person.ask(`/jobs/${job.id}`, [204, ...ifGone(job)], { method: 'DELETE' });
  job.gone = answer === null ? 'perhaps' : 'yes';
}

const post = { method: 'POST' } as const;

function pick({ jobs, random }: Scene, condition: (job: TrackedJob) => boolean): TrackedJob | undefined {
  const fitting = jobs().filter((job) => job.gone !== 'yes' && condition(job));
  return fitting.length === 0 ? undefined : random.pick(fitting);
}

function ifGone({ gone }: TrackedJob): number[] {
  return gone === 'no' ? [] : [404];
}

function ranAgain({ book }: Scene, job: TrackedJob, answer: Answer): void {
  job.reruns.certain += 1;
  job.isCancelled = false;
  book.saw(job, viewIn(answer));
}

/** A refusal is right only when the job has changed since it was seen: by a request that was not answered. */
async function expectChanged(scene: Scene, job: TrackedJob): Promise<void> {
  const { run, state } = job.seen;
  const wasSeen = await look(job, scene);
  const isAsBefore = wasSeen && job.gone === 'no' && job.seen.run === run && job.seen.state === state;
  if (isAsBefore && job.reruns.unclear === 0 && !job.wasCancelUnclear)
    scene.onBreach(job.id, `is ${state}, and was refused another run`);
}

function viewIn({ body }: Answer): TrackedJob['seen'] {
  return jobViewSchema.parse(JSON.parse(body.toString()));
}
