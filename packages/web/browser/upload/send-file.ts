import type { JobView } from '@clipscribe/contracts';
import { signal } from '@preact/signals';
import { DetailedError, Upload } from 'tus-js-client';
import { announce } from '../state/announce.ts';
import { ask, Refusal, wordsFor } from '../state/api.ts';
import { lostConnection, untilReachable } from '../state/connection.ts';
import { learnListed } from '../state/job-lists.ts';
import { loadMe } from '../state/me.ts';
import { session, signInAgain } from '../state/session.ts';
import { Rate } from './rate.ts';
import { candidate } from './refuse-file.ts';
import { storedUploads, fingerprintOf } from './stored-uploads.ts';
import { takeTurn } from './turns.ts';
import { addUpload, change, newKey, removeUpload, type UploadOptions, type UploadView } from './uploads.ts';

/** Short ones, for what passes; then it is said, and waited for until the gateway can be reached. */
const RETRY_DELAYS_MS = [300, 1000, 3000];

const CHANGED = 'The file has been changed, moved or deleted since it was chosen. Choose it once more.';

/** Uploads a file, going on where an earlier upload of it stands. */
export function sendFile(file: File, wishes: UploadOptions): void {
  const key = newKey();
  const view = signal<UploadView>({ state: 'waiting', name: file.name, bytes: file.size, sent: 0, rate: 0 });
  const rate = new Rate();
  let leaveTurn = (): void => undefined;

  const upload = new Upload(file, {
    endpoint: '/uploads',
    metadata: metadataOf(file, wishes),
    fingerprint: () => Promise.resolve(fingerprintOf(file)),
    removeFingerprintOnSuccess: true,
    retryDelays: RETRY_DELAYS_MS,
    onShouldRetry: (error) => isPassing(statusOf(error)),
    onBeforeRequest: (request) => {
      request.setHeader('Authorization', `Bearer ${session.value?.token ?? ''}`);
    },
    onProgress: (sent) => {
      change(view, { sent, rate: rate.next(performance.now(), sent) });
    },
    onSuccess: () => void finish(),
    onError: (error) => void fail(error),
  });

  async function begin(): Promise<void> {
    change(view, { state: 'sending' });
    if (upload.url === null) {
      const [previous] = await upload.findPreviousUploads();
      if (previous !== undefined) upload.resumeFromPreviousUpload(previous);
    }
    if (view.value.state === 'sending') upload.start();
  }

  function enqueue(): void {
    leaveTurn();
    const next: typeof view.value = { ...view.value, state: 'waiting' };
    delete next.reason;
    view.value = next;
    leaveTurn = takeTurn(() => void begin());
  }

  async function finish(): Promise<void> {
    leaveTurn();
    const id = upload.url?.split('/').at(-1) ?? '';
    try {
      learnListed(await ask<JobView>(`/jobs/${id}`));
    } catch {
      // The stream of events tells of it, too.
    }
    removeUpload(key);
    announce(`${file.name} is uploaded.`);
    void loadMe().catch(() => undefined);
  }

  async function fail(error: Error): Promise<void> {
    leaveTurn();
    const token = session.value?.token ?? '';
    const status = statusOf(error);
    if (status <= 0 && (await candidate(file)).head === null) {
      change(view, { state: 'failed', rate: 0, reason: CHANGED });
      return;
    }
    if (status === 401) {
      change(view, { state: 'waiting', rate: 0 });
      await signInAgain(token);
    } else if (isPassing(status)) {
      lostConnection();
      change(view, { state: 'offline', rate: 0 });
      await untilReachable();
    } else {
      change(view, { state: 'failed', rate: 0, reason: reasonOf(error) });
      return;
    }
    // Paused or given up meanwhile.
    if (view.value.state === 'waiting' || view.value.state === 'offline') enqueue();
  }

  addUpload({
    key,
    view,
    resume: enqueue,
    pause: () => {
      change(view, { state: 'paused', rate: 0 });
      leaveTurn();
      void upload.abort();
    },
    discard: () => {
      change(view, { state: 'paused' });
      leaveTurn();
      removeUpload(key);
      // What cannot be removed now expires by itself.
      void upload.abort(true).catch(() => undefined);
    },
  });
  storedUploads.forgetShown(file);
  enqueue();
}

function metadataOf(file: File, { language, prompt, transcript }: UploadOptions): Record<string, string> {
  return {
    filename: file.name,
    transcript: String(transcript),
    ...(language === '' ? {} : { language }),
    ...(prompt.trim() === '' ? {} : { prompt: prompt.trim() }),
  };
}

/** 0 when nothing was answered. */
function statusOf(error: Error): number {
  return error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : -1;
}

/** What has a good chance to work a little later: no answer, a conflict about the place, a service away. */
function isPassing(status: number): boolean {
  return status === 0 || status === 408 || status === 409 || status === 423 || status >= 500;
}

function reasonOf(error: Error): string {
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined;
  try {
    return wordsFor(new Refusal(statusOf(error), JSON.parse(body ?? '') as { detail?: string })); // problem+json
  } catch {
    return wordsFor(error);
  }
}
