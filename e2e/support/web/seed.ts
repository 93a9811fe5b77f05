import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { newId, uploadOptionsSchema, type Job, type Transcript } from '@clipscribe/contracts';
import { openFileStore } from '@clipscribe/file-store';
import { newJob } from '@clipscribe/job-protocol';
import { openJobStore } from '@clipscribe/job-store';
import { embeddedServices } from '@clipscribe/runtime';

/** Whose the jobs will be. */
export interface Owner {
  userId: string;
  email: string;
}

/** Puts finished jobs into the stores of a running suite, beside what it does: many of them, or long ones. */
export class Seed {
  readonly #data: string;
  readonly #owner: Owner;

  constructor(data: string, owner: Owner) {
    this.#data = data;
    this.#owner = owner;
  }

  /** So many failed jobs, which have no files; `recording 0001.mp4` is the oldest. */
  async jobs(count: number): Promise<void> {
    const jobs = await openJobStore(embeddedServices(this.#data)['JOBS_URL'] ?? '');
    try {
      for (let number = 1; number <= count; number += 1) {
        const name = `recording ${String(number).padStart(4, '0')}.mp4`;
        const error = { code: 'NO_AUDIO_TRACK', reason: 'The video has no sound.' } as const;
        const audio = { state: 'failed', progress: 0, error } as const;
        await this.#accept(jobs, { ...this.#fresh(name), state: 'failed', audio, error });
      }
    } finally {
      await jobs.close();
    }
  }

  /** A job with this MP3 and this transcript. @returns its id */
  async recording(name: string, mp3: string, transcript: Transcript): Promise<string> {
    const env = embeddedServices(this.#data);
    const jobs = await openJobStore(env['JOBS_URL'] ?? '');
    const files = await openFileStore(env['FILES_URL'] ?? '');
    try {
      const fresh = this.#fresh(name);
      const meta = { ownerId: this.#owner.userId, jobId: fresh.id };
      const sound = {
        ...meta,
        id: newId(),
        name: `${name}.mp3`,
        kind: 'audio',
        contentType: 'audio/mpeg',
      } as const;
      await files.write(sound, createReadStream(mp3));
      const text = {
        ...meta,
        id: newId(),
        name: 'transcript',
        kind: 'transcript',
        contentType: 'application/json',
      } as const;
      await files.write(text, Readable.from([Buffer.from(JSON.stringify(transcript))]));
      const bytes = (await stat(mp3)).size;
      const done = { state: 'done', progress: 1 } as const;
      const audio = { ...done, fileId: sound.id, bytes, durationSeconds: transcript.durationSeconds };
      const heard = {
        ...done,
        fileId: text.id,
        engine: transcript.engine,
        language: transcript.language ?? 'en',
      };
      await this.#accept(jobs, { ...fresh, state: 'succeeded', audio, transcript: heard });
      return fresh.id;
    } finally {
      await jobs.close();
      await files.close();
    }
  }

  #fresh(name: string): Job {
    const upload = {
      ownerId: this.#owner.userId,
      ownerEmail: this.#owner.email,
      options: uploadOptionsSchema.parse({}),
      fingerprint: 'made without an upload',
    };
    const file = { jobId: newId(), fileId: newId(), name, bytes: 1_234_567, sha256: '0'.repeat(64) };
    const now = Date.now();
    return { ...newJob(upload, file, 0, now), outbox: [], dueAt: null, finishedAt: now };
  }

  async #accept(jobs: Awaited<ReturnType<typeof openJobStore>>, job: Job): Promise<void> {
    const intent = newId();
    await jobs.openIntent({ id: intent, ownerId: job.ownerId, fileIds: [] });
    await jobs.accept(intent, [job]);
  }
}
