import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FfmpegError, parseTimemark, runFfmpeg, type Length } from '../src/adapters/ffmpeg-run.ts';
import { MediaLab, run } from './media-lab.ts';

let lab: MediaLab;
beforeAll(async () => {
  lab = await MediaLab.open();
});
afterAll(async () => {
  await lab.close();
});

describe('runFfmpeg', () => {
  // The first run of all: fluent-ffmpeg asks for the capabilities before it starts, and the abort comes meanwhile.
  it('kills a process that is started after the abort', async () => {
    const input = await lab.inputPath();
    run('mkfifo', input);
    const abort = new AbortController();
    const { output, signal } = lab.request(input, { signal: abort.signal });
    const work = runFfmpeg({ input, output, signal, strict: true, outputOptions: [], maxSeconds: 60 });
    abort.abort('lost');
    await expect(work).rejects.toBe('lost');
    expect(await lab.processes()).toEqual([]);
  });

  it('kills an ffmpeg that does not get on', async () => {
    const input = await lab.inputPath();
    run('mkfifo', input);
    const { output, signal } = lab.request(input);
    const work = runFfmpeg({
      ...{ input, output, signal, stallMs: 300 },
      ...{ strict: true, outputOptions: [], maxSeconds: 60 },
    });
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FfmpegError);
    expect(error).toMatchObject({ stalled: true, log: expect.stringContaining('signal SIGKILL') });
    expect(await lab.processes()).toEqual([]);
  });

  it('tells the length before the positions, and which length is only a guess', async () => {
    const seen: (Length | 'position')[] = [];
    const convert = async (format: string, codec: string) => {
      const input = await lab.make(format, '-f', 'lavfi', '-i', 'sine=d=3', '-c:a', codec);
      const { output, signal } = lab.request(input);
      return runFfmpeg({
        ...{ input, output, signal, strict: true, outputOptions: [], maxSeconds: 60 },
        onInput: (length) => seen.push(length),
        onPosition: () => seen.push('position'),
      });
    };
    expect((await convert('mp4', 'aac')).declaredSeconds).toBeCloseTo(3, 1);
    expect(seen[0]).toEqual({ seconds: expect.any(Number), guessed: false });
    expect(seen.slice(1)).toContain('position');
    seen.length = 0;
    expect((await convert('adts', 'aac')).declaredSeconds).toBeNull();
    expect(seen[0]).toMatchObject({ guessed: true });
  });

  it('is not misled by a file that has the words of the log in its tags', async () => {
    const lie = ['-metadata', 'comment=Stream mapping:', '-metadata:s', 'title=Duration: 99:00:00.00, start'];
    const input = await lab.make('matroska', '-f', 'lavfi', '-i', 'sine=d=3', ...lie);
    const { output, signal } = lab.request(input);
    const request = { input, output, signal, strict: true, outputOptions: [], maxSeconds: 60 };
    expect((await runFfmpeg(request)).declaredSeconds).toBeCloseTo(3, 1);
  });
});

describe('parseTimemark', () => {
  it.each([
    ['00:00:00.00', 0],
    ['01:02:03.50', 3723.5],
    ['100:00:00.00', 360_000],
    [' 00:00:07', 7],
    ['N/A', null],
    ['-00:00:00.02', null],
    ['', null],
    [undefined, null],
  ])('%p is %p', (text, seconds) => {
    expect(parseTimemark(text)).toBe(seconds);
  });
});
