import { describe, expect, it, jest } from '@jest/globals';
import {
  backoffMs,
  ConfigError,
  Health,
  MAX_ATTEMPTS,
  runService,
  Shutdown,
  silentLog,
  StartError,
  type RunningService,
} from '../src/index.ts';

describe('Shutdown', () => {
  it('runs phases in order, within a phase the newest step first, and each once', async () => {
    const ran: string[] = [];
    const shutdown = new Shutdown(silentLog);
    for (const phase of ['connections', 'work', 'intake', 'drain'] as const) {
      shutdown.add(phase, 'older', () => void ran.push(`${phase} older`));
      shutdown.add(phase, 'newer', () => void ran.push(`${phase} newer`));
    }
    await Promise.all([shutdown.stop(), shutdown.stop()]);
    const expected = ['drain', 'intake', 'work', 'connections'].flatMap((p) => [`${p} newer`, `${p} older`]);
    expect(ran).toEqual(expected);
  });

  it('goes on after a step that fails or never ends', async () => {
    jest.useFakeTimers();
    const last = jest.fn<() => void>();
    const shutdown = new Shutdown(silentLog);
    shutdown.add('drain', 'fails', () => Promise.reject(new Error('no')));
    shutdown.add('intake', 'hangs', () => new Promise(() => undefined));
    shutdown.add('connections', 'last', last);
    const stopped = shutdown.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    await stopped;
    jest.useRealTimers();
    expect(last).toHaveBeenCalledTimes(1);
  });
});

describe('Health', () => {
  it('is ready when every check passes, and no more while stopping', async () => {
    const health = new Health({ store: () => Promise.resolve() });
    expect(await health.report()).toEqual({ ready: true, checks: { store: 'ok' } });
    health.stopping();
    expect(await health.report()).toEqual({ ready: false, checks: { store: 'ok' } });
  });

  it('names what is away or does not answer', async () => {
    jest.useFakeTimers();
    const health = new Health({
      away: () => Promise.reject(new Error('refused')),
      hanging: () => new Promise(() => undefined),
    });
    const report = health.report();
    await jest.advanceTimersByTimeAsync(5000);
    expect(await report).toEqual({ ready: false, checks: { away: 'unavailable', hanging: 'timeout' } });
    jest.useRealTimers();
  });
});

describe('runService', () => {
  class Exit extends Error {}

  function fakeProcess(): {
    signals: Map<string, () => void>;
    exits: number[];
    said: string[];
    host: Parameters<typeof runService>[1];
  } {
    const signals = new Map<string, () => void>();
    const exits: number[] = [];
    const said: string[] = [];
    const host = {
      env: {},
      on: (event: string, listener: () => void) => signals.set(event, listener),
      exit: (code: number): never => {
        exits.push(code);
        throw new Exit();
      },
      stderr: { write: (text: string) => said.push(text) },
    };
    return { signals, exits, said, host };
  }

  it.each([
    [
      new ConfigError('PORT must be a port number'),
      'clipscribe: configuration: PORT must be a port number\n',
    ],
    [new StartError('port 80 is taken'), 'clipscribe: port 80 is taken\n'],
  ])('says in one line what the operator can mend', async (error, line) => {
    const { exits, said, host } = fakeProcess();
    await expect(runService(() => Promise.reject(error), host)).rejects.toThrow(Exit);
    expect(said).toEqual([line]);
    expect(exits).toEqual([1]);
  });

  it('stops at the first signal, and ends at once at the second', async () => {
    const { signals, exits, host } = fakeProcess();
    const stop = jest.fn(() => new Promise<void>(() => undefined));
    const service: RunningService = { name: 'test', stop };
    await runService(() => Promise.resolve(service), host);
    signals.get('SIGTERM')?.();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(exits).toEqual([]);
    expect(() => signals.get('SIGINT')?.()).toThrow(Exit);
    expect(exits).toEqual([130]);
  });
});

describe('backoffMs', () => {
  it('grows to an hour and stays there', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS }, (_, n) => backoffMs(n + 1, 0, () => 0.5) / 1000);
    expect(waits).toEqual([30, 120, 600, 3600, 3600, 3600, 3600, 3600]);
  });

  it('spreads by a fifth to both sides', () => {
    expect([0, 1].map((random) => backoffMs(1, 0, () => random))).toEqual([24_000, 36_000]);
  });

  it('waits as long as it was asked to, up to a day', () => {
    expect(backoffMs(1, 300_000, () => 0.5)).toBe(300_000);
    expect(backoffMs(1, 1e12, () => 0.5)).toBe(24 * 3600 * 1000);
  });
});
