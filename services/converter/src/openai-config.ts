import { z } from 'zod';
import { ConfigError, variable } from '@clipscribe/runtime';

export interface OpenaiConfig {
  /** In the order in which they are tried. */
  endpoints: readonly { baseUrl: string; apiKey: string | undefined }[];
  model: string;
  /** Time for an answer on top of the length of the recording. */
  baseTimeoutMs: number;
}

/** OpenAI's own server, which answers nobody without a key. */
export const OPENAI_URL = 'https://api.openai.com/v1';

/** Texts with commas between them, without spaces around them. */
const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ''), {
    error: 'must not have an empty place between or after its commas',
  });

export const openaiShape = {
  OPENAI_API_KEY: list.optional(),
  OPENAI_BASE_URL: list
    .refine((urls) => urls.every((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? '')), {
      error:
        'must be an http: or https: URL such as https://api.openai.com/v1, or several with commas between them',
    })
    .optional(),
  OPENAI_MODEL: z.string().default('whisper-1'),
  OPENAI_TIMEOUT_SECONDS: variable.integer(60, 1, 1200),
};

/** The servers and keys: as many of each, which belong together, or one of either for all of the other. @throws ConfigError */
export function readOpenaiConfig(values: z.infer<z.ZodObject<typeof openaiShape>>): OpenaiConfig {
  const { OPENAI_API_KEY: keys = [], OPENAI_BASE_URL: urls = [OPENAI_URL] } = values;
  if (keys.length > 1 && urls.length > 1 && keys.length !== urls.length) {
    const counts = `one key for all, or one for each of the ${urls.length} URLs in OPENAI_BASE_URL`;
    throw new ConfigError(`OPENAI_API_KEY must hold ${counts}, not ${keys.length}`);
  }
  const endpoints = Array.from({ length: Math.max(keys.length, urls.length) }, (_, index) => ({
    baseUrl: urls[urls.length === 1 ? 0 : index] ?? OPENAI_URL,
    apiKey: keys[keys.length === 1 ? 0 : index],
  }));
  return { endpoints, model: values.OPENAI_MODEL, baseTimeoutMs: values.OPENAI_TIMEOUT_SECONDS * 1000 };
}
