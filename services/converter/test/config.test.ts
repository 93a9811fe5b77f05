import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { readConverterConfig } from '../src/config.ts';

describe('readConverterConfig', () => {
  it('needs nothing set', () => {
    expect(readConverterConfig({})).toMatchObject({
      roles: ['video', 'transcribe'],
      maxDurationSeconds: 12 * 3600,
      metricsPort: undefined,
      transcriber: {
        engine: 'auto',
        language: undefined,
        openai: {
          endpoints: [{ baseUrl: 'https://api.openai.com/v1', apiKey: undefined }],
          model: 'whisper-1',
          baseTimeoutMs: 60_000,
        },
      },
    });
  });

  it('takes what is set', () => {
    const env = {
      CONVERTER_ROLES: 'transcribe',
      VIDEO_SLOTS: '3',
      TRANSCRIBE_SLOTS: '5',
      TEMP_DIR: '/scratch',
      MAX_DURATION_HOURS: '1',
      MP3_ARTIST: 'Ada & Söhne',
      TRANSCRIBER: 'openai',
      TRANSCRIBER_LANGUAGE: 'de-AT',
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: 'http://127.0.0.1:9000/v1',
      OPENAI_MODEL: 'gpt-4o-transcribe',
      OPENAI_TIMEOUT_SECONDS: '5',
    };
    expect(readConverterConfig(env)).toMatchObject({
      roles: ['transcribe'],
      videoSlots: 3,
      transcribeSlots: 5,
      tempDir: '/scratch',
      maxDurationSeconds: 3600,
      artist: 'Ada & Söhne',
      transcriber: {
        engine: 'openai',
        language: 'de',
        openai: {
          endpoints: [{ apiKey: 'key', baseUrl: 'http://127.0.0.1:9000/v1' }],
          model: 'gpt-4o-transcribe',
          baseTimeoutMs: 5000,
        },
      },
    });
  });

  it.each([
    ['CONVERTER_ROLES', 'video,audio'],
    ['CONVERTER_ROLES', ','],
    ['VIDEO_SLOTS', '0'],
    ['TRANSCRIBE_SLOTS', 'many'],
    ['MAX_DURATION_HOURS', '49'],
    ['MP3_ARTIST', 'x'.repeat(201)],
    ['TRANSCRIBER', 'whisper'],
    ['TRANSCRIBER_LANGUAGE', 'klingon'],
    ['OPENAI_API_KEY', 'one,,two'],
    ['OPENAI_API_KEY', ','],
    ['OPENAI_BASE_URL', 'ftp://example.org'],
    ['OPENAI_BASE_URL', 'http://127.0.0.1:9000/v1,'],
    ['OPENAI_BASE_URL', 'http://127.0.0.1:9000/v1,localhost'],
    ['OPENAI_BASE_URL', 'http://'],
    ['OPENAI_TIMEOUT_SECONDS', '0'],
    ['METRICS_PORT', '70000'],
  ])('names the variable that is wrong: %s=%s', (name, value) => {
    const read = () => readConverterConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });

  const [one, two] = ['http://127.0.0.1:1/v1', 'https://example.org/v1'];
  it.each<[string, Record<string, string>, [string, string | undefined][]]>([
    [
      'one key for all servers',
      { OPENAI_API_KEY: 'a', OPENAI_BASE_URL: `${one}, ${two}` },
      [
        [one, 'a'],
        [two, 'a'],
      ],
    ],
    [
      'a key for each server',
      { OPENAI_API_KEY: 'a, b', OPENAI_BASE_URL: `${one},${two}` },
      [
        [one, 'a'],
        [two, 'b'],
      ],
    ],
    [
      'several keys for one server',
      { OPENAI_API_KEY: 'a,b', OPENAI_BASE_URL: one },
      [
        [one, 'a'],
        [one, 'b'],
      ],
    ],
    [
      "several keys for OpenAI's server",
      { OPENAI_API_KEY: 'a,b' },
      [
        ['https://api.openai.com/v1', 'a'],
        ['https://api.openai.com/v1', 'b'],
      ],
    ],
    ['a server without a key', { OPENAI_BASE_URL: one }, [[one, undefined]]],
  ])('takes %s', (_name, env, expected) => {
    const { endpoints } = readConverterConfig(env).transcriber.openai;
    expect(endpoints.map(({ baseUrl, apiKey }) => [baseUrl, apiKey])).toEqual(expected);
  });

  it('refuses keys and servers that do not match', () => {
    const read = () => readConverterConfig({ OPENAI_API_KEY: 'a,b,c', OPENAI_BASE_URL: `${one},${two}` });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      /^OPENAI_API_KEY must hold one key for all, or one for each of the 2 URLs .* not 3$/,
    );
  });
});
