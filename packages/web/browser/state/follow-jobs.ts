import type { JobView } from '@clipscribe/contracts';
import { call, wordsFor } from './api.ts';
import { untilReachable } from './connection.ts';
import { forget, learnListed, listFailure, reloadJobs } from './job-lists.ts';
import { readEvents } from './read-events.ts';

const PAUSE_MS = 1000;

/** Keeps the jobs up to date until the signal fires; while nobody looks at the page, nothing is asked. */
export async function followJobs(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await untilVisible();
    await untilReachable();
    // Not AbortSignal.any: browsers have that since 2024 only.
    const pause = new AbortController();
    const leave = (): void => {
      if (document.hidden || stop.aborted) pause.abort();
    };
    document.addEventListener('visibilitychange', leave);
    stop.addEventListener('abort', leave);
    leave();
    try {
      await followOnce(pause.signal);
    } catch (error) {
      // Told where the list would be, and lost connections by their banner. Here it is tried again.
      if (!pause.signal.aborted) listFailure.value = wordsFor(error);
    } finally {
      document.removeEventListener('visibilitychange', leave);
      stop.removeEventListener('abort', leave);
    }
    // However it ended: a proxy that ends each stream at once is not asked without a pause.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function followOnce(signal: AbortSignal): Promise<void> {
  const answer = await call('/events', { signal, headers: { accept: 'text/event-stream' } });
  // Asked for when the stream is open: what changes from now on is told there.
  await reloadJobs();
  if (answer.body === null) return;
  for await (const { event, data } of readEvents(pieces(answer.body))) {
    if (event === 'job') learnListed(JSON.parse(data) as JobView); // the contract of /events
    if (event === 'gone') forget((JSON.parse(data) as { id: string }).id); // likewise
  }
}

/** Streams are not iterable in every browser. */
async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

function untilVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener(
      'visibilitychange',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
