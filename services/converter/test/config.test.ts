import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { readConverterConfig } from '../src/config.ts';

describe('readConverterConfig', () => {
  it('needs nothing set', () => {
    expect(readConverterConfig({})).toMatchObject({
      roles: ['video', 'transcribe'],
      maxDurationSeconds: 12 * 3600,
      metricsPort: undefined,
      transcriber: { engine: 'auto', language: undefined, openai: { apiKey: undefined, baseUrl: undefined } },
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
      TRANSCRIBER_LANGUAGE: 'de',
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: 'http://127.0.0.1:9000/v1',
      OPENAI_MODEL: 'gpt-4o-transcribe',
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
          apiKey: 'key',
          baseUrl: expect.stringContaining('127.0.0.1:9000/v1'),
          model: 'gpt-4o-transcribe',
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
    ['TRANSCRIBER_LANGUAGE', 'english'],
    ['OPENAI_BASE_URL', 'ftp://example.org'],
    ['METRICS_PORT', '70000'],
  ])('names the variable that is wrong: %s=%s', (name, value) => {
    const read = () => readConverterConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });
});
