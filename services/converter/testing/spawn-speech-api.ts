import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Behaviour } from './speech-api-behaviour.ts';
import { SpeechApiControl } from './speech-api-control.ts';

export interface SpawnedSpeechApi {
  /** For `OPENAI_BASE_URL`. */
  url: string;
  /** For `OPENAI_API_KEY`. */
  key: string;
  control: SpeechApiControl;
  stop: () => Promise<void>;
}

/** The stand-in's program, for those who start, kill and start it again by themselves. */
export const speechApiMain = fileURLToPath(new URL('speech-api-main.ts', import.meta.url));

/** Starts the stand-in as a process of its own, with real speech recognition unless a behaviour is given. */
export async function spawnSpeechApi(
  options: { behaviour?: Behaviour; otherModels?: readonly string[]; cacheFolder?: string } = {},
): Promise<SpawnedSpeechApi> {
  const { behaviour, otherModels, cacheFolder } = options;
  const key = 'test-key';
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', speechApiMain], {
    env: {
      ...{ PATH: process.env['PATH'], SPEECH_API_KEY: key },
      ...(behaviour === undefined ? {} : { SPEECH_API_BEHAVIOUR: JSON.stringify(behaviour) }),
      ...(otherModels === undefined ? {} : { SPEECH_API_OTHER_MODELS: otherModels.join(',') }),
      ...(cacheFolder === undefined ? {} : { SPEECH_API_CACHE: cacheFolder }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let url: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    url = /^speech api at (\S+)$/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error('the speech API ended before it could listen');
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
  };
  return { url, key, control: new SpeechApiControl(url), stop };
}
