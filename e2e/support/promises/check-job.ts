import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobViewSchema, type JobView } from '@clipscribe/contracts';
import type { Client } from '../client.ts';
import { inspect } from '../media.ts';
import { breach, type Breach, type Ending, type Promised } from './ledger.ts';

/** An MP3 has whole frames, and a video's sound may begin or end a little beside its picture. */
const TOLERANCE_SECONDS = 1;
const REQUEST_MS = 30_000;

/** One promised job, as its owner sees it: how it ended, its MP3 and its transcript. */
export async function checkJob(id: string, promised: Promised): Promise<Breach[]> {
  const answer = await get(promised.client, `/jobs/${id}`);
  if (answer.status === 404)
    return promised.ends.includes('deleted') ? [] : [breach(id, 'was accepted, and is not there')];
  if (!answer.ok) return [breach(id, `GET answered ${answer.status}`)];
  const job = jobViewSchema.parse(await answer.json());
  // The type of a view's state is wider than what a job may end as.
  if (!promised.ends.includes(job.state as Ending))
    return [
      breach(
        id,
        `ended as ${job.state} (${job.error?.code ?? 'no error'}), not ${promised.ends.join(' or ')}`,
      ),
    ];
  return [
    ...checkError(job, promised),
    ...(await checkAudio(job, promised)),
    ...(await checkTranscript(job, promised)),
  ];
}

/** What somebody else gets of a job that is not theirs: nothing, and not even that it exists. */
export async function checkForeign(stranger: Client, id: string, promised: Promised): Promise<Breach[]> {
  const own = await get(promised.client, `/jobs/${id}`);
  const files = own.ok ? jobViewSchema.parse(await own.json()) : undefined;
  const fileIds = [files?.audio.fileId, files?.transcript.fileId].filter((one) => one !== undefined);
  const paths = [
    ...['', '/audio', '/transcript', '/events'].map((path) => `/jobs/${id}${path}`),
    ...fileIds.map((fileId) => `/download?fid=${fileId}`),
  ];
  const found: Breach[] = [];
  for (const path of paths) {
    const { status, body } = await get(stranger, path);
    await body?.cancel();
    if (status !== 404) found.push(breach(id, `GET ${path} by somebody else answered ${status}`));
  }
  return found;
}

function checkError({ id, state, error }: JobView, { codes }: Promised): Breach[] {
  const isBad = state === 'failed' || state === 'partial';
  if (isBad !== (error !== undefined)) return [breach(id, `is ${state} with ${error?.code ?? 'no'} error`)];
  // The codes of a view are texts.
  const isExpected =
    error === undefined || codes === undefined || (codes as readonly string[]).includes(error.code);
  return isExpected ? [] : [breach(id, `ended with ${error.code}, not ${codes.join(' or ')}`)];
}

async function checkAudio({ id, state, audio }: JobView, { client, seconds }: Promised): Promise<Breach[]> {
  if (audio.state !== 'done')
    return state === 'succeeded' || state === 'partial' ? [breach(id, `is ${state} without an MP3`)] : [];
  const answer = await get(client, `/jobs/${id}/audio`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200 || bytes.length !== audio.bytes)
    return [
      breach(id, `its MP3 answered ${answer.status} with ${bytes.length} bytes of ${audio.bytes ?? 0}`),
    ];
  const path = join(tmpdir(), `clipscribe-checked-${randomUUID()}.mp3`);
  try {
    await writeFile(path, bytes);
    const { durationSeconds } = await inspect(path);
    return checkLength(id, durationSeconds, [audio.durationSeconds, seconds]);
  } finally {
    await rm(path, { force: true });
  }
}

function checkLength(id: string, measured: number, expected: readonly (number | undefined)[]): Breach[] {
  const wrong = expected.filter(
    (one) => one !== undefined && !(Math.abs(measured - one) <= TOLERANCE_SECONDS),
  );
  return wrong.map((one) => breach(id, `its MP3 has ${measured} seconds, not ${one ?? 0}`));
}

async function checkTranscript(job: JobView, promised: Promised): Promise<Breach[]> {
  const { id, transcript } = job;
  const { client, words = [], longestPause } = promised;
  if (transcript.state !== 'done') {
    const isExpected = job.state !== 'succeeded' || (words.length === 0 && longestPause === undefined);
    return isExpected ? [] : [breach(id, `has no transcript: it is ${transcript.state}`)];
  }
  const answer = await get(client, `/jobs/${id}/transcript`);
  const text = (await answer.text()).toLowerCase();
  if (answer.status !== 200) return [breach(id, `its transcript answered ${answer.status}`)];
  const missing = words.filter((word) => !text.includes(word.toLowerCase()));
  return [
    ...missing.map((word) => breach(id, `its transcript says nothing of "${word}"`)),
    ...(longestPause === undefined ? [] : await checkPauses(job, client, longestPause)),
  ];
}

/** The engine of such a test hears words all the time: a hole shows as a pause. */
async function checkPauses({ id, audio }: JobView, client: Client, longest: number): Promise<Breach[]> {
  const answer = await get(client, `/jobs/${id}/transcript?format=json`);
  // The form that this API documents.
  const { segments } = (await answer.json()) as { segments: { start: number; end: number }[] };
  let heardUntil = 0;
  const holes: Breach[] = [];
  for (const { start, end } of [...segments, { start: audio.durationSeconds ?? 0, end: Infinity }]) {
    if (start - heardUntil > longest)
      holes.push(breach(id, `its transcript has a hole from ${heardUntil} to ${start} seconds`));
    heardUntil = Math.max(heardUntil, end);
  }
  return holes;
}

function get(client: Client, path: string): Promise<Response> {
  return client.fetch(path, { signal: AbortSignal.timeout(REQUEST_MS) });
}
