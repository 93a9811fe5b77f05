import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Quality } from '@clipscribe/contracts';
import { canWriteMp3, runFfmpeg } from '../src/adapters/ffmpeg-run.ts';
import { readDuration } from '../src/adapters/read-duration.ts';
import { MediaLab, probeResult, run } from './media-lab.ts';
import { TinyDisk } from './tiny-disk.ts';

const video = (seconds: number) => ['-f', 'lavfi', '-i', `testsrc=s=160x120:r=10:d=${String(seconds)}`];
const sine = (seconds: number) => ['-f', 'lavfi', '-i', `sine=440:d=${String(seconds)}`];
const stereo = ['-f', 'lavfi', '-i', 'aevalsrc=sin(440*2*PI*t)|sin(660*2*PI*t):d=2'];

let lab: MediaLab;
/** Two seconds of noise, on which the qualities differ as they do on real sound. */
let noisy: string;
/** Long enough to be in the middle of it when something happens. */
let hour: string;

beforeAll(async () => {
  lab = await MediaLab.open();
  noisy = await lab.make('wav', '-f', 'lavfi', '-i', 'anoisesrc=d=2:seed=1:amplitude=0.5:r=44100');
  hour = await lab.make('flac', '-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=3600');
});
afterAll(async () => {
  await lab.close();
});

/** Resolves to the error, or fails the test. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

describe('toMp3', () => {
  it('finds that this ffmpeg can write MP3', async () => {
    expect(await canWriteMp3()).toBe(true);
  });

  it.each([
    ['mp4', ['-c:v', 'mpeg4', '-c:a', 'aac']],
    ['mov', ['-c:v', 'mjpeg', '-c:a', 'pcm_s16le']],
    ['matroska', ['-c:v', 'mpeg4', '-c:a', 'flac']],
    ['webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus']],
    ['avi', ['-c:v', 'mpeg4', '-c:a', 'mp3']],
    ['mpegts', ['-c:v', 'mpeg2video', '-c:a', 'mp2']],
    ['wav', ['-map', '1:a']],
  ])('converts %s, all of it', async (format, codecs) => {
    const input = await lab.make(format, ...video(2), ...stereo, ...codecs);
    const request = lab.request(input);
    const result = await lab.tools().toMp3(request);
    expect(result).toEqual({ durationSeconds: expect.any(Number) });
    expect(Math.abs(result.durationSeconds - 2)).toBeLessThan(0.15);
    const { streams, format: out } = probeResult(request.output);
    expect(streams).toMatchObject([{ codec_name: 'mp3', channels: 2 }]);
    expect(Math.abs(out.duration - result.durationSeconds)).toBeLessThan(0.05);
  });

  it.each([
    ['mono stays mono', '1', 1],
    ['5.1 becomes stereo', '6', 2],
  ])('%s', async (_name, channels, expected) => {
    const input = await lab.make('matroska', ...sine(1), '-c:a', 'flac', '-ac', channels);
    const request = lab.request(input);
    await lab.tools().toMp3(request);
    expect(probeResult(request.output).streams[0]?.channels).toBe(expected);
  });

  it('takes the first sound track and leaves pictures, subtitles and other tracks behind', async () => {
    const subtitles = join(lab.folder, 'subtitles.srt');
    await writeFile(subtitles, '1\n00:00:00,000 --> 00:00:01,000\nHello\n');
    const maps = ['-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3:s'];
    const inputs = [...video(1), ...sine(1), ...stereo, '-i', subtitles];
    const input = await lab.make(
      'matroska',
      ...inputs,
      ...maps,
      '-c:v',
      'mpeg4',
      '-c:a',
      'flac',
      '-c:s',
      'srt',
    );
    const request = lab.request(input);
    await lab.tools().toMp3(request);
    expect(probeResult(request.output).streams).toMatchObject([{ codec_name: 'mp3', channels: 1 }]);
  });

  it('keeps to the asked quality', async () => {
    const bytes = async (quality: Quality) => {
      const request = lab.request(noisy, { quality, output: `${noisy}.${quality}.mp3` });
      await lab.tools().toMp3(request);
      return (await stat(request.output)).size;
    };
    const [best, worst, constant] = [await bytes('V0'), await bytes('V9'), await bytes('128k')];
    expect(best).toBeGreaterThan(2 * worst);
    // 128 kbit/s for two seconds is 32,000 bytes; tags and a started frame come on top.
    expect(Math.abs(constant - 32_000)).toBeLessThan(2500);
    expect(probeResult(`${noisy}.128k.mp3`).format.bit_rate / 1000).toBeCloseTo(128, -1);
  });

  it('overwrites what an attempt before has left', async () => {
    const request = lab.request(noisy);
    await writeFile(request.output, 'x'.repeat(500_000));
    const first = await lab.tools().toMp3(request);
    const content = await readFile(request.output);
    expect(await lab.tools().toMp3(request)).toEqual(first);
    expect(await readFile(request.output)).toEqual(content);
    expect(content.length).toBeLessThan(100_000);
  });
});

describe('tags', () => {
  it.each([
    ['spaces', 'All my  summers', 'All my  summers'],
    ['an option', '-y', '-y'],
    ['an equals sign', 'comment=x artist=y', 'comment=x artist=y'],
    ['quotes and shell signs', `"a" 'b' $(c) \`d\` \\ ;#&|`, `"a" 'b' $(c) \`d\` \\ ;#&|`],
    ['other scripts', 'Grüße 日本語 😀', 'Grüße 日本語 😀'],
    ['control characters', 'one\r\ntwo\u0000three\u001b[31m', 'one two three [31m'],
  ])('keep %s', async (_name, title, expected) => {
    const request = lab.request(noisy, { title, artist: title });
    await lab.tools().toMp3(request);
    const { encoder, ...tags } = probeResult(request.output).format.tags;
    expect(tags).toEqual({ title: expected, artist: expected });
    expect(encoder).toMatch(/^Lavf/);
  });

  it('are all that is left of the metadata: no place, comment, chapter or track name', async () => {
    const chapters = join(lab.folder, 'chapters.txt');
    await writeFile(
      chapters,
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=secret chapter\n',
    );
    const secrets = ['title=secret', 'comment=secret', 'artist=secret', 'location=+52.5200+013.4050/'];
    const input = await lab.make(
      'mov',
      ...[
        ...sine(2),
        '-i',
        chapters,
        '-map_metadata',
        '1',
        '-map_chapters',
        '1',
        '-map',
        '0:a',
        '-c:a',
        'aac',
      ],
      ...secrets.flatMap((tag) => ['-metadata', tag]),
      ...['-metadata:s:a', 'handler_name=secret track', '-movflags', 'use_metadata_tags'],
    );
    const source = await readFile(input, 'latin1');
    expect(source).toContain('+52.5200');
    expect(source).toContain('secret chapter');
    const request = lab.request(input);
    await lab.tools().toMp3(request);
    const { format, chapters: kept } = probeResult(request.output);
    expect(Object.keys(format.tags).sort()).toEqual(['artist', 'encoder', 'title']);
    expect(kept).toEqual([]);
    const bytes = await readFile(request.output, 'latin1');
    for (const secret of ['secret', '+52']) expect(bytes).not.toContain(secret);
  });
});

describe('progress', () => {
  it('only grows and ends near 1', async () => {
    const input = await lab.make('flac', '-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=600');
    const shares: number[] = [];
    await lab.tools().toMp3(lab.request(input, { onProgress: (share) => shares.push(share) }));
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.95);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  });
});

describe('what counts as complete', () => {
  it.each([
    ['mp4', 'aac'],
    ['matroska', 'mp3'],
    ['avi', 'mp3'],
    ['mpegts', 'mp2'],
  ])('%s whose sound ends before the pictures', async (format, codec) => {
    const input = await lab.make(format, ...video(4), ...sine(2), '-c:v', 'mpeg4', '-c:a', codec);
    const result = await lab.tools().toMp3(lab.request(input));
    expect(result).toEqual({ durationSeconds: expect.any(Number) });
    expect(Math.abs(result.durationSeconds - 2)).toBeLessThan(0.15);
  });

  it('a video whose sound begins late', async () => {
    const late = ['-itsoffset', '3', ...sine(2)];
    const input = await lab.make('matroska', ...video(5), ...late, '-c:v', 'mpeg4', '-c:a', 'mp3');
    expect(await lab.tools().toMp3(lab.request(input))).not.toHaveProperty('problem');
  });

  it('a recording whose length ffmpeg can only guess, and guesses far too long', async () => {
    const sounds = ['-f', 'lavfi', '-i', 'anoisesrc=d=2:seed=1', '-f', 'lavfi', '-i', 'anullsrc=d=20'];
    const quietLast = ['-filter_complex', '[1][0]concat=n=2:v=0:a=1', '-ac', '1'];
    const input = await lab.make('adts', ...sounds, ...quietLast, '-c:a', 'aac', '-b:a', '128k');
    const result = await lab.tools(60).toMp3(lab.request(input));
    expect(result).toEqual({ durationSeconds: expect.any(Number) });
    expect(Math.abs(result.durationSeconds - 22)).toBeLessThan(0.2);
  });

  it('is not an MKV that was cut: the MP3 holds the sound up to the cut, and says so', async () => {
    const whole = await lab.make('matroska', ...video(4), ...sine(4), '-c:v', 'mpeg4', '-c:a', 'mp3');
    const content = await readFile(whole);
    const request = lab.request(await lab.write(content.subarray(0, content.length / 2)));
    const { durationSeconds, problem } = await lab.tools().toMp3(request);
    expect(problem).toEqual({ code: 'INCOMPLETE_OUTPUT', reason: expect.any(String) });
    expect(durationSeconds).toBeGreaterThan(1);
    expect(durationSeconds).toBeLessThan(3);
    expect(probeResult(request.output).format.duration).toBeCloseTo(durationSeconds, 1);
  });
});

describe('toSpeech', () => {
  it.each([
    ['speech.flac', 'flac'],
    ['speech.wav', 'pcm_s16le'],
  ])('writes %s with 16 kHz, mono', async (name, codec) => {
    const input = await lab.make('mp4', ...stereo, '-c:a', 'aac');
    const output = join(lab.folder, name);
    const result = await lab.tools().toSpeech({ input, output, signal: new AbortController().signal });
    expect(result.durationSeconds).toBeCloseTo(2, 1);
    expect(probeResult(output).streams).toMatchObject([
      { codec_name: codec, channels: 1, sample_rate: '16000' },
    ]);
  });
});

describe('an end from outside', () => {
  it('an abort kills ffmpeg and its whole group, and rejects with the reason', async () => {
    const abort = new AbortController();
    let before: number[] = [];
    const onProgress = (share: number): void => {
      if (share <= 0 || abort.signal.aborted) return;
      // Halted, it cannot end by itself before it is killed.
      void lab.signal('SIGSTOP').then((found) => {
        before = found;
        abort.abort('lost');
      });
    };
    const reason = await failureOf(
      lab.tools().toMp3(lab.request(hour, { signal: abort.signal, onProgress })),
    );
    expect(reason).toBe('lost');
    expect(before.length).toBeGreaterThan(0);
    expect(await lab.processes()).toEqual([]);
  });

  it('an abort before the process is there leaves none behind', async () => {
    const abort = new AbortController();
    const { input, output, signal } = lab.request(hour, { signal: abort.signal });
    const work = failureOf(
      runFfmpeg({ input, output, signal, strict: true, outputOptions: [], maxSeconds: 4000 }),
    );
    abort.abort('lost');
    expect(await work).toBe('lost');
    expect(await lab.processes()).toEqual([]);
  });

  it('an abort that came before starts nothing', async () => {
    const request = lab.request(hour, {
      signal: AbortSignal.abort('lost'),
      output: join(lab.folder, 'never.mp3'),
    });
    expect(await failureOf(lab.tools().toMp3(request))).toBe('lost');
    expect(await stat(request.output).catch(() => null)).toBeNull();
  });

  it('ffmpeg killed by somebody else is a lost worker, not bad media', async () => {
    const onProgress = (share: number): void => {
      if (share > 0) void lab.signal('SIGKILL');
    };
    const error = await failureOf(lab.tools().toMp3(lab.request(hour, { onProgress })));
    expect(error).toMatchObject({ code: 'WORKER_LOST', transient: true });
  });
});

describe('a full disk', () => {
  it('is our fault and passes: STORAGE_FULL', async () => {
    const disk = await TinyDisk.open();
    try {
      const [input, output] = [join(disk.folder, 'input'), await disk.file('audio.mp3')];
      await copyFile(hour, input);
      const error = await failureOf(lab.tools().toMp3(lab.request(input, { quality: '320k', output })));
      expect(error).toMatchObject({ code: 'STORAGE_FULL', transient: true });
    } finally {
      await disk.close();
    }
  });

  it('is not believed of a file that only says so in its tags', async () => {
    const lie = ['-metadata', 'comment=av_interleaved_write_frame(): No space left on device'];
    const whole = await readFile(await lab.make('mp4', ...video(1), '-c:v', 'mpeg4', ...lie));
    const error = await failureOf(lab.tools().toMp3(lab.request(await lab.write(whole))));
    expect(error).toMatchObject({ code: 'NO_AUDIO_TRACK' });
  });
});

describe('readDuration', () => {
  it('does not take the word of a file without sound', async () => {
    const path = await lab.write('not sound at all');
    expect(await failureOf(readDuration(path))).toMatchObject({ code: 'EMPTY_OUTPUT' });
  });

  it('agrees with ffprobe', async () => {
    const path = join(lab.folder, 'long.mp3');
    run('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=d=61.5', '-f', 'mp3', path);
    expect(await readDuration(path)).toBeCloseTo(probeResult(path).format.duration, 1);
  });
});
