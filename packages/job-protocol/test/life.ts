import { JobFailure, newId, type Job } from '@clipscribe/contracts';
import {
  audioDone,
  chunkCheckpoint,
  chunksCut,
  claimChunk,
  claimNotice,
  claimVideo,
  noticeSent,
  planWebhooks,
  transcriptDone,
  transcriptSkipped,
  videoAttemptFailed,
} from '../src/index.ts';
import type { Bench } from './bench.ts';

/** Its owner has none. */
export const noWebhooks = planWebhooks(() => []);

/** Every state that a job can be in, reached by its real steps. Each returns the job as stored. */
export const life = {
  queued: (bench: Bench): Promise<Job> => bench.accept(),

  converting: async (bench: Bench): Promise<Job> => {
    const { id } = await bench.accept();
    return bench.apply(id, claimVideo('worker'));
  },

  /** With the MP3 and `chunks` chunks, all of them with real files. */
  transcribing: async (bench: Bench, chunks = 2): Promise<Job> => {
    const { id } = await life.converting(bench);
    const audio = { fileId: await bench.store(id, 'audio'), bytes: 4, durationSeconds: chunks * 10 };
    const cut = [];
    for (let index = 0; index < chunks; index += 1) {
      const fileId = await bench.store(id, 'chunk');
      cut.push({ fileId, startSeconds: index * 10, endSeconds: (index + 1) * 10 });
    }
    return bench.apply(id, audioDone(audio), chunksCut(cut));
  },

  succeeded: async (bench: Bench): Promise<Job> => {
    const { id } = await life.transcribing(bench, 1);
    const result = await bench.store(id, 'chunk-result');
    const fileId = await bench.store(id, 'transcript');
    const done = transcriptDone({ fileId, engine: 'pocketsphinx', language: 'en' });
    return bench.apply(id, claimChunk(0, 'worker'), chunkCheckpoint(0, result), done, noWebhooks);
  },

  /** The MP3 holds less than the video. */
  partial: async (bench: Bench): Promise<Job> => {
    const { id } = await life.converting(bench);
    const error = { code: 'INCOMPLETE_OUTPUT', reason: 'Only a part.' } as const;
    const audio = { fileId: await bench.store(id, 'audio'), bytes: 4, durationSeconds: 10, error };
    return bench.apply(id, audioDone(audio), transcriptSkipped(), noWebhooks);
  },

  failed: async (bench: Bench): Promise<Job> => {
    const { id } = await life.converting(bench);
    return bench.apply(id, videoAttemptFailed(new JobFailure('NO_AUDIO_TRACK')), noWebhooks);
  },

  /** Its owner knows, too: nothing is left to do. */
  told: async (bench: Bench): Promise<Job> => {
    const { id } = await life.succeeded(bench);
    return bench.apply(id, claimNotice('postman'), noticeSent);
  },
} as const;

/** What `audioDone` is told, for tests without files. */
export function someAudio(): { fileId: string; bytes: number; durationSeconds: number } {
  return { fileId: newId(), bytes: 4000, durationSeconds: 12.5 };
}
