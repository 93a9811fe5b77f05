import { describe, expect, it } from '@jest/globals';
import { readConfig, tracingConfig, tracingShape, type Env } from '../src/index.ts';

const read = (env: Env): ReturnType<typeof tracingConfig> => tracingConfig(readConfig(env, tracingShape));
const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';

describe('the configuration of traces', () => {
  it('is none without an endpoint, whatever else is set', () => {
    expect(read({ OTEL_TRACES_SAMPLER_ARG: '0.5' })).toBeUndefined();
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  });

  it('goes to the path of traces below the endpoint', () => {
    const url = 'http://collector:4318/v1/traces';
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT })).toEqual({ url, headers: {}, ratio: 1 });
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: `${OTEL_EXPORTER_OTLP_ENDPOINT}/` })?.url).toBe(url);
  });

  it('takes headers, with what is escaped in them', () => {
    const OTEL_EXPORTER_OTLP_HEADERS = 'api-key=s3cret, authorization=Basic%20YWRh=';
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS })?.headers).toEqual({
      'api-key': 's3cret',
      authorization: 'Basic YWRh=',
    });
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['1.0', 1],
  ])('takes the share %j', (OTEL_TRACES_SAMPLER_ARG, ratio) => {
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG })?.ratio).toBe(ratio);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must begin with http:'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, 'OTEL_EXPORTER_OTLP_HEADERS must be headers'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%0d%0ab' }, 'OTEL_EXPORTER_OTLP_HEADERS must be headers'],
    [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1'],
    [{ OTEL_TRACES_SAMPLER_ARG: 'all' }, 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1'],
    [{ OTEL_TRACES_SAMPLER_ARG: '-0.1' }, 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1'],
  ])('refuses %j', (env, message) => {
    expect(() => read(env)).toThrow(message);
  });
});
