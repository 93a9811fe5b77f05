import { openFileStore } from '@clipscribe/file-store';
import { openJobQueue } from '@clipscribe/job-queue';
import { openJobStore } from '@clipscribe/job-store';
import {
  createLog,
  createMetrics,
  Health,
  listenForManagement,
  openTracer,
  runService,
  Shutdown,
  StartError,
  type Env,
  type RunningService,
} from '@clipscribe/runtime';
import { findConfinement, writeLauncher } from './adapters/confinement.ts';
import { FfmpegMediaTools } from './adapters/ffmpeg-media-tools.ts';
import { canWriteMp3, useLauncher } from './adapters/ffmpeg-run.ts';
import { openTranscriber } from './adapters/open-transcriber.ts';
import { openVoiceDetector } from './adapters/open-voice-detector.ts';
import { LocalWorkspace } from './adapters/workspace.ts';
import { readConverterConfig } from './config.ts';
import { meterTranscriber } from './meter-transcriber.ts';
import { createConverterWorker } from './worker.ts';

/** Work that ends by itself within this time after a stop signal is finished; longer work is given back. */
const FINISH_MS = 20_000;

/** Starts the converter; `engine` is the speech engine it found, null for none. @throws ConfigError, StartError */
export async function start(env: Env): Promise<RunningService & { engine: string | null }> {
  const config = readConverterConfig(env);
  const log = createLog('converter', { level: config.logLevel });
  const metrics = createMetrics('converter');
  const shutdown = new Shutdown(log);
  const tracer = await openTracer(config.tracing, { service: 'converter', log, trustsParents: true });
  shutdown.add('connections', 'traces', () => tracer?.close());

  const workspace = await LocalWorkspace.open(config.tempDir);
  shutdown.add('connections', 'workspace', () => workspace.close());
  const confinement = findConfinement([config.transcriber.pocketsphinxModel]);
  if (confinement.missing.length > 0)
    log.warn({ missing: confinement.missing }, 'media tools run less confined');
  useLauncher(await writeLauncher(workspace.folder, 'ffmpeg', confinement));
  await requireFfmpeg();
  const { prefix } = confinement;
  const media = new FfmpegMediaTools({ prefix, maxDurationSeconds: config.maxDurationSeconds });
  const transcriber = await openTranscriber({ config: config.transcriber, prefix, media, log });
  const needsVoice = transcriber !== null && config.roles.includes('video');
  const voice = needsVoice ? await openVoiceDetector(log) : null;
  if (voice !== null) shutdown.add('connections', 'voice detector', () => voice.close());

  const jobs = await openJobStore(config.jobsUrl);
  shutdown.add('connections', 'job store', () => jobs.close());
  const files = await openFileStore(config.filesUrl);
  shutdown.add('connections', 'file store', () => files.close());
  const queue = await openJobQueue(config.queueUrl, { log });
  shutdown.add('connections', 'queue', () => queue.close());

  const worker = createConverterWorker({
    ...{ jobs, files, queue, log, metrics, tracer, media, workspace, voice },
    transcriber: transcriber && meterTranscriber(transcriber, metrics.transcribedSeconds),
    chunkSeconds: config.chunkSeconds,
    artist: config.artist,
    defaultLanguage: config.transcriber.language,
    roles: config.roles,
    slots: { video: config.videoSlots, transcribe: config.transcribeSlots },
  });
  const health = new Health({
    jobs: () => jobs.ping(),
    files: () => files.ping(),
    queue: () => queue.ping(),
  });
  if (config.metricsPort !== undefined) {
    const options = { host: config.host, port: config.metricsPort };
    const management = await listenForManagement({ log, metrics, health }, options);
    shutdown.add('connections', 'management', management.close);
  }
  await worker.start();
  shutdown.add('drain', 'readiness', () => {
    health.stopping();
  });
  shutdown.add('work', 'jobs', () => finishOrGiveBack(worker));
  log.info({ roles: config.roles, engine: transcriber?.engine ?? 'none' }, 'converter started');
  return { name: 'converter', engine: transcriber?.engine ?? null, stop: () => shutdown.stop() };
}

async function requireFfmpeg(): Promise<void> {
  try {
    if (await canWriteMp3()) return;
  } catch (error) {
    throw new StartError('ffmpeg cannot be run; install it', { cause: error });
  }
  throw new StartError('this ffmpeg cannot write MP3; install one with libmp3lame');
}

async function finishOrGiveBack(worker: {
  finish: () => Promise<void>;
  giveBack: () => void;
}): Promise<void> {
  const timer = setTimeout(worker.giveBack, FINISH_MS);
  await worker.finish();
  clearTimeout(timer);
}

if (import.meta.main) await runService(start, process);
