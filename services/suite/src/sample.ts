import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { jobViewSchema, terminalStates, uploadAnswerSchema, type JobView } from '@clipscribe/contracts';

/** The same key at every start: the sample is converted once, however often this is tried. */
export const SAMPLE_KEY = 'clipscribe-sample';

const WAIT_MS = 60_000;
const POLL_MS = 150;

/** Uploads the shipped clip as a user would, over HTTP, and waits until its job has ended. */
export async function convertSample(
  url: string,
  login: { email: string; password: string },
  clip: string,
): Promise<JobView> {
  const credentials = Buffer.from(`${login.email}:${login.password}`).toString('base64');
  const token = await (
    await ask(`${url}/login`, { method: 'POST', headers: { authorization: `Basic ${credentials}` } })
  ).text();
  const headers = { authorization: `Bearer ${token}` };
  const form = new FormData();
  form.set('title', 'Welcome to clipscribe');
  form.set('file', new Blob([new Uint8Array(await readFile(clip))]), 'hello.mp4');
  const upload = await ask(`${url}/upload`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': SAMPLE_KEY },
    body: form,
  });
  const { jobs } = uploadAnswerSchema.parse(await upload.json());
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    const job = jobViewSchema.parse(
      await (await ask(`${url}/jobs/${jobs[0]?.id ?? ''}`, { headers })).json(),
    );
    if (terminalStates.includes(job.state)) return job;
    await delay(POLL_MS);
  }
  throw new Error('the sample took too long');
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (answer.ok) return answer;
  throw new Error(`${init.method ?? 'GET'} ${url} answered ${String(answer.status)}: ${await answer.text()}`);
}
