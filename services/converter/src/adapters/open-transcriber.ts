import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError, type Log } from '@clipscribe/runtime';
import type { TranscriberConfig } from '../config.ts';
import type { MediaTools } from '../media-tools.ts';
import type { Transcriber } from '../transcriber.ts';
import { OpenaiTranscriber } from './openai-transcriber.ts';
import { PocketsphinxTranscriber } from './pocketsphinx-transcriber.ts';
import { runTool } from './run-tool.ts';

interface Context {
  config: TranscriberConfig;
  prefix: readonly string[];
  media: MediaTools;
  log: Log;
}

type Opener = (context: Context) => Promise<Transcriber | null>;

/** The engines by the name in `TRANSCRIBER`; a new one is a file and a line here. Null means: no transcripts. */
const engines: Readonly<Record<TranscriberConfig['engine'], Opener>> = {
  none: () => Promise.resolve(null),
  openai: ({ config, log }) => Promise.resolve(new OpenaiTranscriber({ ...config.openai, log })),
  pocketsphinx: async (context) => {
    if (await hasPocketsphinx(context)) return pocketsphinx(context);
    throw new StartError('TRANSCRIBER=pocketsphinx, but pocketsphinx or its en-us model is not installed');
  },
  auto: async (context) => ((await hasPocketsphinx(context)) ? pocketsphinx(context) : null),
};

/** Opens the engine that the configuration names. @throws StartError when it cannot work */
export function openTranscriber(context: Context): Promise<Transcriber | null> {
  return engines[context.config.engine](context);
}

function pocketsphinx({ config, prefix, media }: Context): Transcriber {
  return new PocketsphinxTranscriber({ modelFolder: config.pocketsphinxModel, prefix, media });
}

async function hasPocketsphinx({ config }: Context): Promise<boolean> {
  try {
    await access(join(config.pocketsphinxModel, 'en-us.lm.bin'));
    await runTool(['pocketsphinx_continuous', '-version'], { timeoutMs: 5000 });
    return true;
  } catch {
    return false;
  }
}
