import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@clipscribe/runtime';
import { readGatewayConfig } from '../src/config.ts';

const HOUR_MS = 3_600_000;

describe('the limits of users', () => {
  it('are none unless something is said', () => {
    const none = { storedBytes: null, minutesPerDay: null, jobsAtOnce: null };
    expect(readGatewayConfig({}).quotas).toEqual(none);
    const said = {
      MAX_STORED_PER_USER: 'unlimited',
      MAX_MINUTES_PER_DAY: '',
      MAX_JOBS_AT_ONCE: ' unlimited ',
    };
    expect(readGatewayConfig(said).quotas).toEqual(none);
  });

  it('are read with their units', () => {
    const env = { MAX_STORED_PER_USER: '1.5GiB', MAX_MINUTES_PER_DAY: '600', MAX_JOBS_AT_ONCE: '5' };
    const quotas = { storedBytes: 1.5 * 2 ** 30, minutesPerDay: 600, jobsAtOnce: 5 };
    expect(readGatewayConfig(env).quotas).toEqual(quotas);
  });

  it.each([
    ['MAX_STORED_PER_USER', '-1', 'must be a size such as 500MB or 2GiB, or unlimited'],
    ['MAX_STORED_PER_USER', '0', 'must be a size such as 500MB or 2GiB, or unlimited'],
    ['MAX_STORED_PER_USER', 'lots', 'must be a size such as 500MB or 2GiB, or unlimited'],
    ['MAX_MINUTES_PER_DAY', '-1', 'must be a number of minutes from 1, or unlimited'],
    ['MAX_MINUTES_PER_DAY', '1.5', 'must be a number of minutes from 1, or unlimited'],
    ['MAX_JOBS_AT_ONCE', '0', 'must be a number of jobs from 1, or unlimited'],
    ['MAX_JOBS_AT_ONCE', '1e3', 'must be a number of jobs from 1, or unlimited'],
    ['MAX_JOBS_AT_ONCE', '99999999999999999', 'must be a number of jobs from 1, or unlimited'],
  ])('refuse %s=%s', (name, value, message) => {
    const read = (): unknown => readGatewayConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`${name} ${message}`);
  });
});

describe('how long things are kept', () => {
  it('is for ever unless something is said', () => {
    const forEver = { sources: null, results: null, jobs: null };
    expect(readGatewayConfig({}).retention).toEqual(forEver);
    const said = { KEEP_SOURCES: 'forever', KEEP_RESULTS: '', KEEP_JOBS: ' forever' };
    expect(readGatewayConfig(said).retention).toEqual(forEver);
  });

  it.each([
    ['45s', 45_000],
    ['90m', 1.5 * HOUR_MS],
    ['12h', 12 * HOUR_MS],
    ['30d', 30 * 24 * HOUR_MS],
    ['2 w', 14 * 24 * HOUR_MS],
  ])('reads %s', (text, ms) => {
    const env = { KEEP_SOURCES: text, KEEP_RESULTS: text, KEEP_JOBS: text };
    expect(readGatewayConfig(env).retention).toEqual({ sources: ms, results: ms, jobs: ms });
  });

  const bad = [
    '-1',
    '-1d',
    '0',
    '0d',
    '30',
    'd',
    '1.5d',
    '30 days',
    'never',
    'unlimited',
    '9007199254740992s',
    '200000d',
  ];
  it.each(['KEEP_SOURCES', 'KEEP_RESULTS', 'KEEP_JOBS'].flatMap((name) => bad.map((value) => [name, value])))(
    'refuses %s=%s',
    (name = '', value = '') => {
      const message = `${name} must be a time such as 30d or 12h, or forever`;
      const read = (): unknown => readGatewayConfig({ [name]: value });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(message);
    },
  );
});
