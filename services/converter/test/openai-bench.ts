import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobFailure } from '@clipscribe/contracts';
import { silentLog } from '@clipscribe/runtime';
import { OpenaiTranscriber } from '../src/adapters/openai-transcriber.ts';
import type { Heard, SpeechRequest } from '../src/transcriber.ts';
import { SpeechApi } from '../testing/index.ts';
import { run } from './media-lab.ts';

type Options = Partial<ConstructorParameters<typeof OpenaiTranscriber>[0]>;

/** Two seconds of sound, and servers that are asked what is said in it. */
export class OpenaiBench {
  readonly path: string;
  readonly sha256: string;
  readonly #folder: string;
  readonly #servers: SpeechApi[] = [];

  private constructor(folder: string, path: string, sha256: string) {
    this.#folder = folder;
    this.path = path;
    this.sha256 = sha256;
  }

  static async open(): Promise<OpenaiBench> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-openai-'));
    const path = join(folder, 'speech.flac');
    run('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'sine=d=2:r=16000', '-ac', '1', path);
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return new OpenaiBench(folder, path, sha256);
  }

  async close(): Promise<void> {
    await this.closeServers();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async server(key?: string): Promise<SpeechApi> {
    const otherModels = ['Systran/faster-whisper-large-v3'];
    const server = await SpeechApi.start({ otherModels, ...(key === undefined ? {} : { key }) });
    this.#servers.push(server);
    return server;
  }

  async closeServers(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
  }

  /** An engine that asks these servers in this order. */
  engine(servers: readonly Pick<SpeechApi, 'key' | 'url'>[], options: Options = {}): OpenaiTranscriber {
    const endpoints = servers.map(({ key, url }) => ({ apiKey: key, baseUrl: url }));
    return new OpenaiTranscriber({ endpoints, model: 'whisper-1', log: silentLog, ...options });
  }

  hear(
    engine: OpenaiTranscriber,
    values: Partial<SpeechRequest> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Heard> {
    return engine.transcribe({ path: this.path, durationSeconds: 2, ...values }, signal);
  }

  /** The failure that asking ends with. */
  async failure(engine: OpenaiTranscriber, values: Partial<SpeechRequest> = {}): Promise<JobFailure> {
    const error: unknown = await this.hear(engine, values).then(
      () => 'no failure',
      (reason: unknown) => reason,
    );
    if (error instanceof JobFailure) return error;
    throw new Error('expected a JobFailure', { cause: error });
  }
}

/** A log that keeps its lines, as the JSON that they are. */
export function keepingLog(lines: Record<string, unknown>[]): { write: (line: string) => void } {
  return { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) };
}
