import { jobListSchema, jobViewSchema } from '@clipscribe/contracts';
import type { Scene } from '../scene.ts';
import { isOver, type TrackedJob } from '../book.ts';

/** Looks at a job, mostly at one that is not over. */
export async function lookAtJob({ random, jobs, book, onBreach }: Scene): Promise<void> {
  const there = jobs().filter(({ gone }) => gone !== 'yes');
  const active = there.filter((job) => !isOver(job));
  const among = active.length > 0 && random.chance(0.8) ? active : there;
  if (among.length > 0) await look(random.pick(among), { book, onBreach });
}

/** Asks for one job, as its owner. False when there was no clear answer. */
export async function look(
  job: TrackedJob,
  { book, onBreach }: Pick<Scene, 'book' | 'onBreach'>,
): Promise<boolean> {
  const answer = await job.upload.owner.ask(`/jobs/${job.id}`, [200, 404]);
  if (answer === null) return false;
  if (answer.status === 200) book.saw(job, jobViewSchema.parse(JSON.parse(answer.body.toString())));
  else if (job.gone === 'no') onBreach(job.id, 'was accepted, and is not there');
  else job.gone = 'yes';
  return true;
}

/** The newest jobs: all that were accepted are among them, unless they are older than the page. */
export async function listJobs({ person, jobs, onBreach }: Scene): Promise<void> {
  const before = jobs().filter(({ gone }) => gone === 'no');
  const answer = await person.ask('/jobs?limit=100', [200]);
  if (answer === null) return;
  const list = jobListSchema.parse(JSON.parse(answer.body.toString()));
  const oldest = list.nextCursor === null ? '' : (list.jobs.at(-1)?.id ?? '');
  const listed = new Set(list.jobs.map(({ id }) => id));
  for (const { id } of before)
    // Ids sort by the time of their making.
    if (id > oldest && !listed.has(id)) onBreach(id, 'was accepted, and is not in the list of jobs');
}

/** Another user tries all that one can do to a job: to that one there is none. */
export async function lookFromOutside({ random, jobs, stranger }: Scene): Promise<void> {
  const all = jobs();
  if (all.length === 0) return;
  const { id, seen } = random.pick(all);
  const fileId = seen.audio.fileId ?? seen.transcript.fileId;
  const [method, path] = random.pick([
    ['GET', `/jobs/${id}`],
    ['GET', `/jobs/${id}/audio`],
    ['GET', `/jobs/${id}/transcript`],
    ['GET', `/download?fid=${fileId ?? id}`],
    ['POST', `/jobs/${id}/cancel`],
    ['POST', `/jobs/${id}/retry`],
    ['DELETE', `/jobs/${id}`],
  ] as const);
  await stranger.ask(path, [404], { method });
}
