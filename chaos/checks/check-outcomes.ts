import { jobListSchema, jobViewSchema, transcriptListSchema, type JobView } from '@clipscribe/contracts';
import type { Client } from '../../e2e/support/client.ts';
import type { Book, TrackedJob, TrackedUpload } from '../load/book.ts';
import type { Person } from '../load/person.ts';
import { wrongMp3, wrongText, type Samples } from '../load/samples.ts';
import { runsOf } from './promised.ts';

type OnBreach = (subject: string, what: string) => void;

/**
 * Looks for jobs whose 202 nobody saw, and takes them into the book: they are promises too.
 * @returns how many there were
 */
export async function findUnseen(
  book: Book,
  persons: readonly Person[],
  calm: ReadonlySet<string>,
  onBreach: OnBreach,
): Promise<number> {
  const byName = new Map(book.uploads.map((upload) => [upload.name, upload]));
  const known = book.jobs.size;
  const views = new Map<string, JobView>();
  // Several persons may be one user.
  for (const { client } of persons) for (const view of await listAll(client)) views.set(view.id, view);
  for (const view of views.values()) {
    if (calm.has(view.id)) continue;
    const upload = byName.get(view.source.name);
    if (upload === undefined) onBreach(view.id, `is a job for ${view.source.name}, which nobody uploaded`);
    else book.accepted(upload, view);
  }
  return book.jobs.size - known;
}

async function listAll(client: Client): Promise<JobView[]> {
  const all: JobView[] = [];
  for (let cursor = ''; ;) {
    const answer = await client.fetch(`/jobs?limit=100${cursor}`);
    const { jobs, nextCursor } = jobListSchema.parse(await answer.json());
    all.push(...jobs);
    if (nextCursor === null) return all;
    cursor = `&cursor=${nextCursor}`;
  }
}

/** Repeats or completes the uploads that have not been answered, as careful clients would; each has to become one job. */
export async function settleUploads(
  book: Book,
  repeat: (upload: TrackedUpload) => Promise<void>,
  onBreach: OnBreach,
): Promise<void> {
  for (const upload of book.uploads) {
    const isRepeatable = upload.key !== undefined || upload.resumable !== undefined;
    if (!isRepeatable || upload.jobIds.size > 0) continue;
    await repeat(upload);
    if (upload.jobIds.size === 0) onBreach(upload.name, 'was repeated after all faults, and is no job');
  }
}

/** Each job against what was asked for, and what it gave against what the same medium gave before. */
export async function checkOutcomes(book: Book, samples: Samples, onBreach: OnBreach): Promise<void> {
  for (const job of book.jobs.values()) {
    if (job.gone === 'yes') continue;
    const { client } = job.upload.owner;
    const answer = await client.fetch(`/jobs/${job.id}`);
    // Whether it may be missing is checked with the other promises.
    if (!answer.ok) continue;
    book.saw(job, jobViewSchema.parse(await answer.json()));
    checkRun(job, onBreach);
    await checkResults(job, samples, onBreach);
  }
}

function checkRun(job: TrackedJob, onBreach: OnBreach): void {
  const { least, most } = runsOf(job);
  const { run } = job.seen;
  if (run < least || run > most) onBreach(job.id, `is in run ${run}, and ${least} to ${most} were asked for`);
}

async function checkResults(
  { id, seen, upload }: TrackedJob,
  samples: Samples,
  onBreach: OnBreach,
): Promise<void> {
  const { owner, medium } = upload;
  const { client } = owner;
  if (seen.audio.state === 'done') {
    const mp3 = Buffer.from(await (await client.fetch(`/jobs/${id}/audio`)).arrayBuffer());
    const wrong = wrongMp3(samples, medium, mp3);
    if (wrong !== null) onBreach(id, wrong);
  }
  const list = await client.fetch(`/jobs/${id}/transcripts`);
  for (const { state, version } of transcriptListSchema.parse(await list.json()).transcripts) {
    if (state !== 'done') continue;
    const text = await (await client.fetch(`/jobs/${id}/transcripts/${version}`)).text();
    const wrong = wrongText(samples, medium, text);
    if (wrong !== null) onBreach(id, `version ${version}: ${wrong}`);
  }
}
