import { jobViewSchema, terminalStates, type JobView } from '@clipscribe/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { setTimeout as delay } from 'node:timers/promises';
import { badAnswer } from '../api/read-json.ts';
import { CliError } from '../errors.ts';
import type { Account } from '../session/account.ts';
import { getJob, jobPath } from './api-jobs.ts';
import { Silence } from './silence.ts';

/** The server says something every 15 seconds, be it that nothing is new. */
const SILENT_MS = 45_000;

/** The first event comes at once; where none does, something on the way holds events back. */
const FIRST_EVENT_MS = 10_000;

/** After so many streams in a row that brought nothing, no more are asked for. */
const MOST_EMPTY = 3;

/** Between two streams, and between two questions where events do not come through. */
const AGAIN_MS = 500;
const POLL_MS = 2000;

/**
 * Follows a job to its end, by server-sent events; where these do not come through, by asking again and again.
 * @param onChange told the job at first, and at every change
 * @returns the job as it ended
 * @throws CliError when it is not there (any more), or the server stays away for longer than the patience lasts
 */
export async function followJob(
  account: Account,
  id: string,
  onChange: (job: JobView) => void,
): Promise<JobView> {
  let last: JobView | undefined;
  const tell = (job: JobView): void => {
    if (JSON.stringify(job) !== JSON.stringify(last)) onChange(job);
    last = job;
  };
  for (let empty = 0; ;) {
    const canStream = empty < MOST_EMPTY;
    if (canStream) empty = (await readEvents(account, id, tell)) ? 0 : empty + 1;
    else tell(await getJob(account, id));
    if (last !== undefined && isOver(last)) return last;
    await delay(canStream ? AGAIN_MS : POLL_MS, undefined, { signal: account.api.retry.signal });
  }
}

/**
 * Reads events until the job or the stream has ended.
 * @returns whether there were any
 * @throws CliError when there is no stream to be had
 */
async function readEvents(account: Account, id: string, tell: (job: JobView) => void): Promise<boolean> {
  const { signal } = account.api.retry;
  const silence = new Silence(signal);
  let some = false;
  try {
    for await (const job of await openEvents(account, id, silence)) {
      some = true;
      silence.limitMs = SILENT_MS;
      tell(job);
      if (isOver(job)) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    // A stream that breaks is everyday: the next one begins with where the job stands.
    if (error instanceof CliError) throw error;
  } finally {
    silence.stop();
  }
  return some;
}

async function openEvents(account: Account, id: string, silence: Silence): Promise<AsyncIterable<JobView>> {
  const headers = { accept: 'text/event-stream' };
  const request = { path: `${jobPath(id)}/events`, headers, isStream: true, signal: silence.signal };
  const { body } = await account.send(request);
  if (body === null) throw badAnswer(account.api.server);
  silence.limitMs = FIRST_EVENT_MS;
  return jobsOf(body.pipeThrough(silence.watch()), account.api.server);
}

async function* jobsOf(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  server: string,
): AsyncGenerator<JobView> {
  const events = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) {
    if (event === 'job') yield parseJob(data, server);
  }
}

function parseJob(data: string, server: string): JobView {
  try {
    return jobViewSchema.parse(JSON.parse(data));
  } catch (error) {
    throw badAnswer(server, error);
  }
}

export function isOver({ state }: Pick<JobView, 'state'>): boolean {
  return terminalStates.includes(state);
}
