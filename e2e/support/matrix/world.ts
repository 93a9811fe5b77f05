import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { uploadAnswerSchema, type Job, type JobView } from '@clipscribe/contracts';
import { spawnSpeechApi, type SpawnedSpeechApi } from '@clipscribe/converter/testing';
import type { StartOptions } from '@clipscribe/private-servers';
import type { ServiceName } from '../../../stack/service-envs.ts';
import { Client, filePart } from '../client.ts';
import { checkPromises, describeBreaches, type CheckOptions } from '../promises/check-promises.ts';
import type { Promised } from '../promises/ledger.ts';
import { mediaProcesses } from '../promises/media-processes.ts';
import { openStores, type Stores } from '../promises/surroundings.ts';
import { soon } from '../soon.ts';
import { adminEmail, adminPassword } from '../suite-process.ts';
import { letTimePass } from './let-time-pass.ts';
import type { Processes, StartProcesses } from './processes.ts';
import { heard, makeSamples, type Sample } from './samples.ts';

const preload = fileURLToPath(new URL('../failpoints/preload.ts', import.meta.url));
const DEATH_MS = 60_000;

/** A clipscribe of a test's own, that gets hurt and must heal, with a record of all that it has promised. */
export class World {
  readonly folder: string;
  readonly processes: Processes;
  readonly api: SpawnedSpeechApi;
  readonly client: Client;
  /** Somebody else, who must see nothing of all this. */
  readonly stranger: Client;
  readonly short: Sample;
  readonly long: Sample;
  readonly ledger = new Map<string, Promised>();
  readonly stores: Stores;
  readonly #checked = new Set<string>();
  #secondCopies = 0;
  #deaths = 0;

  private constructor(
    parts: Pick<World, 'folder' | 'processes' | 'api' | 'client' | 'stranger' | 'short' | 'long' | 'stores'>,
  ) {
    ({
      folder: this.folder,
      processes: this.processes,
      api: this.api,
      client: this.client,
      stranger: this.stranger,
      short: this.short,
      long: this.long,
      stores: this.stores,
    } = parts);
  }

  static async start(start: StartProcesses, env: Record<string, string> = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-matrix-'));
    const api = await spawnSpeechApi({ behaviour: heard });
    const speech = { TRANSCRIBER: 'openai', OPENAI_BASE_URL: api.url, OPENAI_API_KEY: api.key };
    const [processes, { short, long }] = await Promise.all([
      start(join(folder, 'data'), { ...speech, REGISTRATION: 'open', ...env }),
      makeSamples(folder),
    ]);
    const client = await Client.login(processes.url, adminEmail, adminPassword);
    const stranger = await register(processes.url);
    const stores = await openStores(processes.surroundings);
    return new World({ folder, processes, api, client, stranger, short, long, stores });
  }

  async stop(): Promise<void> {
    const { jobs, files, queue } = this.stores;
    await Promise.all([jobs.close(), files.close(), queue.close()]);
    await this.processes.stop();
    await this.api.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Uploads and expects the 202; from then on, the job is promised to end well, unless something else is promised. */
  async upload(
    sample: Sample = this.short,
    options: {
      fields?: Record<string, string>;
      headers?: Record<string, string>;
      promised?: Partial<Promised>;
    } = {},
  ): Promise<JobView> {
    const { status, body } = await this.post(sample, options);
    expect({ status, body }).toMatchObject({ status: 202 });
    const [job] = uploadAnswerSchema.parse(JSON.parse(body)).jobs;
    if (job === undefined) throw new Error('202 without a job');
    this.promise(job, sample, options.promised);
    return job;
  }

  /** Uploads, whatever comes of it; an answer that does not come has the status 0. */
  async post(
    sample: Sample,
    { fields = {}, headers = {} }: { fields?: Record<string, string>; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: string }> {
    const part = await filePart(sample.path);
    return this.client
      .post([part], fields, headers)
      .catch((error: unknown) => ({ status: 0, body: String(error) }));
  }

  /** Adds a job that was answered 202 to what must be kept. */
  promise(job: JobView, { seconds, words }: Sample, promised: Partial<Promised> = {}): void {
    const wanted = job.options.transcript ? { words } : {};
    this.ledger.set(job.id, { client: this.client, ends: ['succeeded'], seconds, ...wanted, ...promised });
  }

  /** The job as it is stored. */
  async stored(id: string): Promise<Job> {
    const reading = await this.stores.jobs.get(id);
    if (reading === null) throw new Error(`no job ${id}`);
    return reading.job;
  }

  /** Asks the store for the job until the condition holds. */
  async storedUntil(id: string, condition: (job: Job) => boolean, limitMs?: number): Promise<Job> {
    await soon(async () => condition(await this.stored(id)), limitMs);
    return this.stored(id);
  }

  /** Kills the process and starts it again, this once with something in addition. */
  async restart(service: ServiceName, extra: StartOptions = {}): Promise<void> {
    await this.processes.of(service).signal('SIGKILL');
    await this.#start(service, extra);
  }

  /**
   * Lets the service kill itself at a stage (see failpoints/stages.ts) during the work, lets the time pass that the
   * others wait for it, and starts it again.
   * @param whileDead looks at what it has left, before it is started again
   */
  async dies(
    service: ServiceName,
    stage: string,
    work: () => Promise<unknown>,
    whileDead: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const mark = join(this.folder, `died-${String((this.#deaths += 1))}`);
    await this.restart(service, { args: ['--import', preload], env: { FAIL_AT: stage, FAIL_MARK: mark } });
    const death = this.processes.of(service).ended();
    await work();
    const inTime = await Promise.race([death.then(() => true), delay(DEATH_MS, false, { ref: false })]);
    if (!inTime) throw new Error(`${service} did not reach ${stage}`);
    expect(await readFile(mark, 'utf8')).toBe(`${stage}\n`);
    await whileDead();
    await this.heal(service);
  }

  /** Lets the time pass that others wait for a service that has ended, and starts it again. */
  async heal(service: ServiceName): Promise<void> {
    // The kernel kills media tools with their parent; their own end takes a moment.
    const [folder = ''] = this.processes.surroundings.workFolders;
    await soon(() => Promise.resolve(mediaProcesses(folder).length === 0));
    // Before the start, so that what it takes then is not taken away from it.
    await this.letTimePass(service);
    await this.#start(service);
  }

  /** The metrics of a service are there a little before the service itself. */
  async #start(service: ServiceName, extra: StartOptions = {}): Promise<void> {
    await this.processes.of(service).start(extra);
    if (service === 'gateway') await soon(() => isAlive(this.client.url));
  }

  letTimePass(dead?: ServiceName): Promise<void> {
    return letTimePass(this.stores, dead);
  }

  /** Waits until nothing is left to do, and checks every promise there is. */
  async kept(options: CheckOptions = {}): Promise<void> {
    const maxSecondCopies = this.#secondCopies + (options.maxSecondCopies ?? 0);
    const { surroundings } = this.processes;
    const found = await checkPromises(surroundings, this.ledger, {
      stranger: this.stranger,
      ...options,
      maxSecondCopies,
      unchanged: this.#checked,
    });
    expect(describeBreaches(found)).toBe('');
    this.#secondCopies = found.secondCopies;
    for (const id of this.ledger.keys()) if (options.waiting?.has(id) !== true) this.#checked.add(id);
  }
}

async function isAlive(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/healthz`).catch(() => null);
  return answer?.status === 200;
}

async function register(url: string): Promise<Client> {
  const account = { email: 'eve@example.org', password: 'purple teapot orbits' };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/register`, { method: 'POST', headers, body: JSON.stringify(account) });
  expect(answer.status).toBe(201);
  return Client.login(url, account.email, account.password);
}
