import { terminalStates, type JobView } from '@clipscribe/contracts';
import { filePart, type Client } from '../e2e/support/client.ts';
import type { Medium } from './load/media.ts';
import { fieldsOf } from './load/fields-of.ts';
import type { Sample, Samples } from './load/samples.ts';

const CALM_MS = 120_000;

/**
 * Uploads each medium once while nothing is broken. What comes out is what must come out later too; it is compared
 * with what is known of the media beforehand, so that the comparison is not one with nonsense.
 * @throws Error when a medium does not end as it should
 */
export async function takeSamples(
  client: Client,
  media: readonly Medium[],
): Promise<{ samples: Samples; jobIds: ReadonlyMap<string, Medium> }> {
  const jobIds = new Map<string, Medium>();
  for (const medium of media) {
    const [job] = await client.upload([await filePart(medium.path, `calm-${medium.name}`)], fieldsOf(medium));
    if (job !== undefined) jobIds.set(job.id, medium);
  }
  const samples = new Map<string, Sample>();
  for (const [id, medium] of jobIds) {
    const job = await client.ended(id, CALM_MS);
    expectEnd(job, medium);
    if (job.audio.state === 'done') samples.set(medium.name, await takeSample(client, job, medium));
  }
  return { samples, jobIds };
}

function expectEnd({ state, error, audio }: JobView, medium: Medium): void {
  const codes: readonly string[] = medium.codes;
  const isRight = state === medium.state && (error === undefined || codes.includes(error.code));
  const isRightLength =
    medium.seconds === undefined || Math.abs((audio.durationSeconds ?? 0) - medium.seconds) < 1;
  if (isRight && isRightLength) return;
  const how = `${state}, ${error?.code ?? 'no error'}, ${audio.durationSeconds ?? 0} seconds`;
  throw new Error(`with nothing broken, ${medium.name} ended as ${how}`);
}

async function takeSample(client: Client, job: JobView, { name, transcript }: Medium): Promise<Sample> {
  const mp3 = Buffer.from(await (await client.fetch(`/jobs/${job.id}/audio`)).arrayBuffer());
  if (!transcript) await transcribe(client, job.id);
  const text = await (await client.fetch(`/jobs/${job.id}/transcript`)).text();
  if (transcript && text.trim() === '') throw new Error(`with nothing broken, ${name} has no words`);
  return { mp3, text };
}

/** A transcript may be asked for later, so it has to be known also where the upload asks for none. */
async function transcribe(client: Client, id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch(`/jobs/${id}/transcripts`, { method: 'POST', headers, body: '{}' });
  if (answer.status !== 202) throw new Error(`a transcript was refused: ${await answer.text()}`);
  const again = (view: JobView): boolean => view.run === 2 && terminalStates.includes(view.state);
  await client.until(id, again, { timeoutMs: CALM_MS });
}
