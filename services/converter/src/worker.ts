import type { FileStore } from '@clipscribe/file-store';
import type { Consumer, JobQueue } from '@clipscribe/job-queue';
import { countMessages, Worker, type ProtocolPorts } from '@clipscribe/job-protocol';
import type { Metrics } from '@clipscribe/runtime';
import type { ConverterRole } from './config.ts';
import { convertVideo, type ConvertDeps } from './handlers/convert-video.ts';
import { transcribeChunk } from './handlers/transcribe-chunk.ts';

export interface ConverterDeps extends ConvertDeps, ProtocolPorts {
  files: FileStore;
  queue: JobQueue;
  metrics: Metrics;
  roles: readonly ConverterRole[];
  slots: Readonly<Record<ConverterRole, number>>;
}

export interface ConverterWorker {
  /** Begins to take messages. */
  start: () => Promise<void>;
  /** Takes no more; resolves when the work under way has ended. */
  finish: () => Promise<void>;
  /** Ends the work under way now and gives it back. */
  giveBack: () => void;
}

/** Binds the handlers to their queues. Never connects by itself. */
export function createConverterWorker(deps: ConverterDeps): ConverterWorker {
  const worker = new Worker(deps);
  const handlers = {
    video: countMessages(deps.metrics, worker.handlerInTurn('video', convertVideo(deps))),
    transcribe: countMessages(deps.metrics, worker.handlerInTurn('transcribe', transcribeChunk(deps))),
  };
  let consumers: Consumer[] = [];
  return {
    start: async () => {
      consumers = await Promise.all(
        deps.roles.map((role) => deps.queue.consume(role, { slots: deps.slots[role] }, handlers[role])),
      );
    },
    finish: async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
    giveBack: () => {
      worker.giveBack();
    },
  };
}
