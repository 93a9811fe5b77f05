/**
 * Kills the process that it is loaded into (`node --import …/preload.ts`) at the stage that FAIL_AT names, after a line in
 * the file FAIL_MARK. It wraps the methods of the adapters' classes before the service makes objects of them, so that
 * no service and no package knows of it. A stage that is misspelt ends the process at its start.
 */
import { isMainThread } from 'node:worker_threads';
import { AmqpJobQueue, SqliteJobQueue } from '@clipscribe/job-queue';
import { GridfsFileStore, LocalFileStore } from '@clipscribe/file-store';
import { MongoJobStore, SqliteJobStore } from '@clipscribe/job-store';
import { failpoints, parseStages, StageError, type Port } from './stages.ts';
import { Plan } from './plan.ts';
import {
  watchContent,
  watchPath,
  watchProgress,
  wrapAnswers,
  wrapHandlers,
  wrapMethod,
  type Wrapping,
} from './wrap-methods.ts';

/** The classes that serve a port; those of a service are loaded only where they are wanted. */
const adapters: Record<Exclude<Port, 'http'>, () => Promise<readonly { prototype: object }[]>> = {
  files: () => Promise.resolve([GridfsFileStore, LocalFileStore]),
  jobs: () => Promise.resolve([MongoJobStore, SqliteJobStore]),
  queue: () => Promise.resolve([AmqpJobQueue, SqliteJobQueue]),
  media: async () => [
    (await import('../../../services/converter/src/adapters/ffmpeg-media-tools.ts')).FfmpegMediaTools,
  ],
  speech: async () => [
    (await import('../../../services/converter/src/adapters/openai-transcriber.ts')).OpenaiTranscriber,
    (await import('../../../services/converter/src/adapters/pocketsphinx-transcriber.ts'))
      .PocketsphinxTranscriber,
  ],
  mail: async () => [
    (await import('../../../services/notification/src/adapters/smtp-mailer.ts')).SmtpMailer,
    (await import('../../../services/notification/src/adapters/file-mailer.ts')).FileMailer,
  ],
};

const kindOfObject =
  (name: string) =>
  ([first]: readonly unknown[]): string =>
    String(Reflect.get(first as object, name)); // the first argument is an object, by its port

const details: Partial<Record<string, Pick<Wrapping, 'kindOf' | 'watched'>>> = {
  'files.write': { kindOf: kindOfObject('kind'), watched: watchContent },
  'files.copyTo': { watched: watchPath },
  'jobs.replace': { kindOf: kindOfObject('state') },
  'queue.publish': { kindOf: ([queue]) => String(queue) },
  'media.toMp3': { watched: watchProgress },
  'media.toSpeech': { watched: watchProgress },
};

async function install(failAt: string, markFile: string): Promise<void> {
  const plan = new Plan(parseStages(failAt), markFile);
  for (const [port, methods] of Object.entries(failpoints) as [Port, object][]) {
    for (const method of Object.keys(methods))
      if (plan.concerns(port, method)) await wrap(plan, port, method);
  }
}

async function wrap(plan: Plan, port: Port, method: string): Promise<void> {
  if (port === 'http') {
    wrapAnswers(plan);
    return;
  }
  for (const { prototype } of await adapters[port]()) {
    if (method === 'handle') wrapHandlers(plan, prototype);
    else wrapMethod(plan, prototype, { port, method, ...details[`${port}.${method}`] });
  }
}

// A thread of the service has no adapters, and shares the process that is to be killed.
if (isMainThread) {
  const { FAIL_AT = '', FAIL_MARK = '' } = process.env;
  if (FAIL_MARK === '') throw new StageError('FAIL_MARK must name a file');
  await install(FAIL_AT, FAIL_MARK);
}
