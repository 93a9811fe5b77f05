import { join } from 'node:path';
import { DataFolder } from '@clipscribe/suite/local';
import { freePort, ServerProcess } from '@clipscribe/private-servers';
import { speechApiMain } from '@clipscribe/converter/testing';
import { adminEmail, adminPassword } from '../e2e/support/suite-process.ts';
import { root } from '../scripts/lib/root.mjs';
import { stopServices } from '../stack/service-processes.ts';
import { startBacking, startOn, type BackingServers, type Stack } from '../stack/start-stack.ts';
import type { ProcessName } from './faults/fault-plan.ts';
import type { Controlled } from './faults/target.ts';

/** All of clipscribe and what it stands on, each a process of its own. */
export interface Theatre {
  processes: Readonly<Record<ProcessName, Controlled>>;
  /** The two gateways. */
  gatewayUrls: readonly string[];
  /** Where the services say whether they are ready. */
  managementUrls: readonly string[];
  stack: Stack;
  stop: () => Promise<void>;
}

export interface TheatreOptions {
  folder: string;
  times: 'short' | 'shipped';
}

const SPEECH_KEY = 'test-key';

/** The stand-in for a speech API takes its time, so that transcripts can be interrupted. */
const SPEECH_BEHAVIOUR = { kind: 'words', delayMs: 400 };

/** Short enough for several chunks in a short talk; few slots, since there are two converters. */
const CONVERTER_ENV = { CHUNK_SECONDS: '10', VIDEO_SLOTS: '2', TRANSCRIBE_SLOTS: '2' };

/** Starts the servers, the stand-ins for mail and speech, and six services. @throws StartError */
export async function openTheatre(options: TheatreOptions): Promise<Theatre> {
  const folder = DataFolder.open(options.folder);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  stops.push(() => {
    folder.close();
  });
  try {
    const mail = await startMail(options.folder);
    stops.push(() => mail.process.stop());
    const speech = await startSpeech(options.folder);
    stops.push(() => speech.process.stop());
    const backing = await startBacking(folder, { mailUrl: mail.url });
    stops.push(() => backing.stop());
    const theatre = await startServices(options, { folder, backing, mail, speech });
    stops.push(theatre.stop);
    return { ...theatre, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StandIn {
  process: ServerProcess;
  url: string;
}

async function startServices(
  { times }: TheatreOptions,
  given: { folder: DataFolder; backing: BackingServers; mail: StandIn; speech: StandIn },
): Promise<Theatre> {
  const { folder, backing, mail, speech } = given;
  const stack = await startOn(backing, folder, {
    env: environment(speech.url),
    admin: { email: adminEmail, password: adminPassword },
    nodeArgs: times === 'short' ? ['--import', join(root, 'chaos', 'short-times.mjs')] : [],
  });
  const gateway = await stack.replica('gateway', 'gateway-2');
  const converter = await stack.replica('converter', 'converter-2');
  await Promise.all([gateway.process.start(), converter.process.start()]);
  const { mariadb, rabbitmq, mongodb } = stack.servers;
  const serverProcesses = {
    mariadb: asControlled(mariadb),
    rabbitmq: asControlled(rabbitmq),
    mongodb: asControlled(mongodb),
  };
  const replicas = { 'gateway-2': gateway.process, 'converter-2': converter.process };
  const standIns = { mail: mail.process, speech: speech.process };
  const processes = { ...stack.services, ...replicas, ...serverProcesses, ...standIns };
  const stop = async (): Promise<void> => {
    await Promise.all([gateway, converter].map((replica) => replica.process.stop()));
    await stopServices(stack.services);
  };
  const all = [...Object.values(stack.services), gateway.process, converter.process];
  const managementUrls = all.map(({ port }) => `http://127.0.0.1:${String(port)}`);
  return { processes, gatewayUrls: [stack.url, gateway.url], managementUrls, stack, stop };
}

function asControlled(server: Stack['servers']['mongodb']): Controlled {
  const { signal, restart, ended } = server;
  return {
    get pid() {
      return server.pid;
    },
    signal,
    start: restart,
    ended,
  };
}

function environment(speechUrl: string): Record<string, string | undefined> {
  const { PATH, HOME } = process.env;
  return {
    ...{ PATH, HOME, BCRYPT_COST: '10', LOG_LEVEL: 'info', REGISTRATION: 'open' },
    ...{ TRANSCRIBER: 'openai', OPENAI_BASE_URL: speechUrl, OPENAI_API_KEY: SPEECH_KEY },
    ...CONVERTER_ENV,
  };
}

async function startMail(folder: string): Promise<StandIn> {
  const port = await freePort();
  const args = [join(root, 'stack', 'mail-sink-main.ts'), join(folder, 'outbox'), String(port)];
  const mail = nodeProcess('mail', { folder, args, port, env: {} });
  await mail.start();
  return { process: mail, url: `smtp://127.0.0.1:${String(port)}` };
}

async function startSpeech(folder: string): Promise<StandIn> {
  const port = await freePort();
  const env = {
    SPEECH_API_PORT: String(port),
    SPEECH_API_KEY: SPEECH_KEY,
    SPEECH_API_BEHAVIOUR: JSON.stringify(SPEECH_BEHAVIOUR),
  };
  const speech = nodeProcess('speech', { folder, args: [speechApiMain], port, env });
  await speech.start();
  return { process: speech, url: `http://127.0.0.1:${String(port)}/v1` };
}

function nodeProcess(
  name: string,
  given: { folder: string; args: readonly string[]; port: number; env: Record<string, string> },
): ServerProcess {
  const { folder, args, port, env } = given;
  return new ServerProcess({
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...args],
    env: { PATH: process.env['PATH'], ...env },
    cwd: root,
    log: join(folder, `${name}.log`),
    port,
  });
}
