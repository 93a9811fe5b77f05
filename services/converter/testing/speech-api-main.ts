import { behaviourSchema } from './speech-api-behaviour.ts';
import { SpeechApi, type SpeechApiOptions } from './speech-api.ts';

/**
 * The stand-in for the speech API as a process of its own, until it gets a signal. Environment: SPEECH_API_PORT (any
 * free one), SPEECH_API_KEY (test-key), SPEECH_API_BEHAVIOUR (a behaviour as JSON; real speech recognition),
 * SPEECH_API_OTHER_MODELS (names with commas between them), SPEECH_API_CACHE (a folder for recognised speech).
 */
function optionsFrom(env: NodeJS.ProcessEnv): SpeechApiOptions {
  const key = env['SPEECH_API_KEY'];
  const cacheFolder = env['SPEECH_API_CACHE'];
  return {
    port: Number(env['SPEECH_API_PORT'] ?? 0),
    behaviour: behaviourSchema.parse(JSON.parse(env['SPEECH_API_BEHAVIOUR'] ?? '{"kind":"recognize"}')),
    otherModels: env['SPEECH_API_OTHER_MODELS']?.split(',') ?? [],
    ...(key === undefined ? {} : { key }),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
  };
}

const api = await SpeechApi.start(optionsFrom(process.env));
process.stdout.write(`speech api at ${api.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void api.close());
