import type { Scene } from '../scene.ts';
import type { TrackedJob } from '../book.ts';
import { wrongMp3, wrongText } from '../samples.ts';

/** Downloads an MP3 whole, by its job or by its own id, and compares it byte for byte. */
export async function download(scene: Scene): Promise<void> {
  const job = pickWithAudio(scene);
  if (job === undefined) return;
  const isByFile = scene.random.chance(0.5);
  const path = isByFile ? `/download?fid=${job.seen.audio.fileId ?? ''}` : `/jobs/${job.id}/audio`;
  const answer = await scene.person.ask(path, allowed(job, 200));
  if (answer?.status === 200) report(scene, job, wrongMp3(scene.samples, job.upload.medium, answer.body));
}

/** Downloads a part of an MP3. */
export async function downloadRange(scene: Scene): Promise<void> {
  const job = pickWithAudio(scene);
  if (job === undefined) return;
  const bytes = job.seen.audio.bytes ?? 0;
  const from = scene.random.below(bytes);
  const to = from + scene.random.below(bytes - from);
  const headers = { range: `bytes=${from}-${to}` };
  const answer = await scene.person.ask(`/jobs/${job.id}/audio`, allowed(job, 206), { headers });
  if (answer?.status !== 206) return;
  if (answer.body.length !== to - from + 1)
    report(scene, job, `bytes ${from} to ${to} are ${answer.body.length} bytes`);
  report(scene, job, wrongMp3(scene.samples, job.upload.medium, answer.body, from));
}

/** Reads a transcript that is done. */
export async function readTranscript(scene: Scene): Promise<void> {
  const done = present(scene).filter(({ seen }) => seen.transcript.state === 'done');
  if (done.length === 0) return;
  const job = scene.random.pick(done);
  const answer = await scene.person.ask(`/jobs/${job.id}/transcript`, allowed(job, 200));
  if (answer?.status === 200)
    report(scene, job, wrongText(scene.samples, job.upload.medium, answer.body.toString()));
}

function pickWithAudio(scene: Scene): TrackedJob | undefined {
  const withAudio = present(scene).filter(({ seen }) => (seen.audio.bytes ?? 0) > 0);
  return withAudio.length === 0 ? undefined : scene.random.pick(withAudio);
}

function present({ jobs }: Scene): TrackedJob[] {
  return jobs().filter(({ gone }) => gone !== 'yes');
}

/** A job that may have been deleted may be missing; one with all that it had keeps it. */
function allowed({ gone }: TrackedJob, status: number): number[] {
  return gone === 'no' ? [status] : [status, 404];
}

function report({ onBreach }: Scene, { id }: TrackedJob, wrong: string | null): void {
  if (wrong !== null) onBreach(id, wrong);
}
