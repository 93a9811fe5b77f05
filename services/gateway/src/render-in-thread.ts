import { Worker } from 'node:worker_threads';
import type { TranscriptFormatName } from '@clipscribe/transcript';

/** What the thread is started with. */
export interface RenderTask {
  json: ArrayBuffer;
  format: TranscriptFormatName;
}

/** 12 hours of words take less than half of it. What takes more fails alone, and the process lives. */
const MEMORY_MIB = 512;

/**
 * Renders a transcript in a thread of its own: reading 12 hours of words back takes a tenth of a second in one go,
 * and rendering them several, for which nobody else should have to wait. The task's memory is handed over.
 */
export function renderInThread(task: RenderTask): Promise<Uint8Array<ArrayBuffer>> {
  const worker = new Worker(new URL('./render-thread.ts', import.meta.url), {
    workerData: task,
    transferList: [task.json],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    // After a message this changes nothing; without one nobody should wait for ever.
    worker.once('exit', (code) => {
      reject(new Error(`the thread that renders a transcript ended with ${String(code)}`));
    });
  });
}
