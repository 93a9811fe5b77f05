import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FailureCode } from '@clipscribe/contracts';
import {
  flic,
  flipEvery,
  gif,
  lyingId3,
  nestedMoov,
  noise,
  patchBox,
  text,
  wav,
  zip,
} from '../testing/hostile-files.ts';
import { MediaLab, probeResult, run } from './media-lab.ts';

const sine = ['-f', 'lavfi', '-i', 'sine=440:d=4'];
const pictures = ['-f', 'lavfi', '-i', 'testsrc=s=160x120:r=10:d=4'];
const silentTracks = (count: number) => [
  ...['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=0.5'],
  ...Array.from({ length: count }, () => ['-map', '0:a']).flat(),
];

let lab: MediaLab;
let mp4: Buffer;
let m4a: Buffer;
let mkv: Buffer;
/** A recording of somebody else on the same disk, which playlists try to reach. */
let victim: string;

beforeAll(async () => {
  lab = await MediaLab.open();
  mp4 = await readFile(await lab.make('mp4', ...pictures, ...sine, '-c:v', 'mpeg4', '-c:a', 'aac'));
  m4a = await readFile(await lab.make('mp4', ...sine, '-c:a', 'aac'));
  mkv = await readFile(await lab.make('matroska', ...pictures, ...sine, '-c:v', 'mpeg4', '-c:a', 'aac'));
  victim = join(lab.folder, 'victim.wav');
  await writeFile(victim, wav({ dataBytes: 80_000 }));
});
afterAll(async () => {
  await lab.close();
});

afterEach(async () => {
  // Whatever a file does to the tools, nothing of them outlives the answer.
  expect(await lab.processes()).toEqual([]);
});

/** The code that a conversion ends with, or the converted seconds of one without any problem. */
async function outcome(input: string, maxDurationSeconds?: number): Promise<FailureCode | number> {
  try {
    const { problem, durationSeconds } = await lab.tools(maxDurationSeconds).toMp3(lab.request(input));
    return problem?.code ?? durationSeconds;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code as FailureCode; // compared by every test
    throw error;
  }
}

type Case = [name: string, code: FailureCode, content: () => string | Uint8Array];

describe('files that are no recording', () => {
  it.each<Case>([
    ['nothing', 'EMPTY_FILE', () => ''],
    ['random bytes', 'NOT_MEDIA', () => noise(100_000)],
    ['a text', 'NOT_MEDIA', () => text.plain],
    ['a web page', 'NOT_MEDIA', () => text.html],
    ['an SVG picture', 'NOT_MEDIA', () => text.svg],
    ['a ZIP archive', 'NOT_MEDIA', () => zip('a.txt', 'hello')],
    ['a GIF of 65,535 × 65,535', 'NOT_MEDIA', () => gif(65_535, 65_535)],
    ['a FLIC header', 'NOT_MEDIA', () => flic()],
    ['an ID3 tag that claims 256 MB', 'NOT_MEDIA', () => lyingId3(m4a)],
  ])('%s: %s', async (_name, code, content) => {
    expect(await outcome(await lab.write(content()))).toBe(code);
  });
});

describe('files that point elsewhere', () => {
  it.each<Case>([
    ['an HLS playlist', 'NOT_MEDIA', () => text.hls(victim)],
    ['an HLS playlist with a file: address', 'NOT_MEDIA', () => text.hls(`file:${victim}`)],
    ['an ffconcat script', 'NOT_MEDIA', () => text.concat(victim)],
    ['a DASH manifest', 'NOT_MEDIA', () => text.dash(victim)],
    ['an SDP description', 'NOT_MEDIA', () => text.sdp(5004)],
  ])('%s: %s, and the other file is not copied', async (_name, code, content) => {
    const input = await lab.write(content());
    expect(await outcome(input)).toBe(code);
    expect(await readdir(dirname(input))).toEqual(['input']);
  });

  it.each([
    ['an ffconcat script', text.concat('victim.wav')],
    ['a DASH manifest', text.dash('victim.wav')],
    ['an HLS playlist', text.hls('victim.wav')],
  ])('%s that names its neighbour is not followed either', async (_name, content) => {
    const input = await lab.write(content);
    await writeFile(join(dirname(input), 'victim.wav'), await readFile(victim));
    expect(await outcome(input)).toBe('NOT_MEDIA');
    expect((await readdir(dirname(input))).sort()).toEqual(['input', 'victim.wav']);
  });

  it.each([
    ['an HLS playlist', (url: string) => text.hls(url)],
    ['an HLS playlist that wants its own protocols', (url: string) => text.hls(`crypto+${url}`)],
    ['a DASH manifest', (url: string) => text.dash(url)],
    ['an ffconcat script', (url: string) => text.concat(url)],
  ])('%s: nobody is connected to', async (_name, content) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server listening on a TCP port has an AddressInfo; only pipes have strings.
    const { port } = server.address() as AddressInfo;
    expect(await outcome(await lab.write(content(`http://127.0.0.1:${String(port)}/x.ts`)))).toBe(
      'NOT_MEDIA',
    );
    await new Promise((resolve) => server.close(resolve));
    expect(connections).toBe(0);
  });
});

describe('damaged recordings', () => {
  it.each<Case>([
    ['half an MP4', 'CORRUPT_MEDIA', () => mp4.subarray(0, mp4.length / 2)],
    ['a WAV with rate 0', 'CORRUPT_MEDIA', () => wav({ rate: 0, dataBytes: 8000 })],
    ['a WAV without channels', 'CORRUPT_MEDIA', () => wav({ channels: 0, dataBytes: 8000 })],
    ['a WAV with an unknown codec', 'UNSUPPORTED_MEDIA', () => wav({ tag: 0x1234, dataBytes: 8000 })],
    [
      'a WAV with a codec that no recording has',
      'UNSUPPORTED_MEDIA',
      () => wav({ tag: 0x200, dataBytes: 8000 }),
    ],
    ['20,000 nested moov', 'CORRUPT_MEDIA', () => nestedMoov(20_000)],
    ['stsz with 268 million samples', 'CORRUPT_MEDIA', () => patchBox(m4a, 'stsz', { 8: 0x0fff_ffff })],
    ['stsz with samples of 2 GB', 'EMPTY_OUTPUT', () => patchBox(m4a, 'stsz', { 4: 0x7fff_ffff })],
    ['stts with 2 billion entries', 'RESOURCE_LIMIT', () => patchBox(m4a, 'stts', { 4: 0x7fff_ffff })],
    ['stts with samples of 13 hours', 'EMPTY_OUTPUT', () => patchBox(m4a, 'stts', { 12: 0x7fff_ffff })],
  ])('%s: %s', async (_name, code, content) => {
    expect(await outcome(await lab.write(content()))).toBe(code);
  });

  it.each([
    ['an MP4', () => mp4],
    ['an MKV', () => mkv],
  ])(
    '%s with every 997th byte turned over becomes an MP3 that is called incomplete',
    async (_name, content) => {
      const request = lab.request(await lab.write(flipEvery(content(), 997)));
      const { durationSeconds, problem } = await lab.tools().toMp3(request);
      expect(problem?.code).toBe('INCOMPLETE_OUTPUT');
      expect(probeResult(request.output).format.duration).toBeCloseTo(durationSeconds, 1);
      expect(durationSeconds).toBeGreaterThan(1);
    },
  );

  it('an encrypted MP4: CORRUPT_MEDIA', async () => {
    const key = ['-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb'];
    const kid = ['-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8'];
    const scheme = ['-encryption_scheme', 'cenc-aes-ctr'];
    const input = await lab.make('mp4', ...sine, '-c:a', 'aac', ...scheme, ...key, ...kid);
    expect(await outcome(input)).toBe('CORRUPT_MEDIA');
  });
});

describe('recordings that ask for too much', () => {
  it.each<Case>([
    ['65,535 channels', 'TOO_COMPLEX', () => wav({ channels: 65_535, dataBytes: 4 * 65_535 })],
    ['255 channels', 'TOO_COMPLEX', () => wav({ channels: 255, dataBytes: 255 * 8000 })],
    ['17 channels', 'TOO_COMPLEX', () => wav({ channels: 17, dataBytes: 17 * 8000 })],
    ['11 days at one sample a second', 'TOO_LONG', () => wav({ rate: 1, dataBytes: 950_400 })],
  ])('%s: %s', async (_name, code, content) => {
    expect(await outcome(await lab.write(content()))).toBe(code);
  });

  it.each(['matroska', 'mov'])('300 tracks in one %s: TOO_COMPLEX', async (format) => {
    expect(await outcome(await lab.make(format, ...silentTracks(300), '-c:a', 'pcm_s16le'))).toBe(
      'TOO_COMPLEX',
    );
  });

  it('an hour of silence in a small FLAC, where a minute is allowed: TOO_LONG', async () => {
    const input = await lab.make('flac', '-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=3600');
    expect((await readFile(input)).length).toBeLessThan(1_000_000);
    expect(await outcome(input, 60)).toBe('TOO_LONG');
  });

  it('the same hour where its header keeps the length for itself: TOO_LONG', async () => {
    const input = await lab.make('flac', '-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=3600');
    const content = await readFile(input);
    // The last 36 bits of 18 bytes into STREAMINFO count the samples; 0 stands for unknown (RFC 9639, section 8.2).
    content[21] = (content[21] ?? 0) & 0xf0;
    content.writeUInt32BE(0, 22);
    expect(await outcome(await lab.write(content), 60)).toBe('TOO_LONG');
  });

  it('a video without sound: NO_AUDIO_TRACK', async () => {
    expect(await outcome(await lab.make('mp4', ...pictures, '-c:v', 'mpeg4'))).toBe('NO_AUDIO_TRACK');
  });
});

describe('odd recordings that are converted', () => {
  it('32 tracks', async () => {
    expect(await outcome(await lab.make('matroska', ...silentTracks(32), '-c:a', 'pcm_s16le'))).toBeCloseTo(
      0.6,
      0,
    );
  });

  it('16 channels', async () => {
    expect(await outcome(await lab.write(wav({ channels: 16, dataBytes: 16 * 16_000 })))).toBeCloseTo(2, 0);
  });

  it('an AVI with a video codec that nobody knows', async () => {
    const avi = await readFile(
      await lab.make('avi', ...pictures, ...sine, '-c:v', 'mpeg4', '-c:a', 'mp3'),
      'latin1',
    );
    const exotic = Buffer.from(avi.replaceAll('FMP4', 'XYZQ'), 'latin1');
    expect(await outcome(await lab.write(exotic))).toBeCloseTo(4, 0);
  });

  it('a video track of 16,000 × 16,000, which is not decoded', async () => {
    const frame = join(lab.folder, 'frame');
    run('truncate', '-s', String((16_000 * 16_000) / 8), frame);
    const raw = ['-f', 'rawvideo', '-pix_fmt', 'monob', '-s', '16000x16000', '-r', '1', '-i', frame];
    const input = await lab.make('matroska', ...raw, ...sine, '-c:v', 'png', '-c:a', 'aac');
    // Without its header no decoder could read the frame, and a strict run would end there.
    const broken = Buffer.from((await readFile(input, 'latin1')).replaceAll('IHDR', 'XXXX'), 'latin1');
    expect(await outcome(await lab.write(broken))).toBeCloseTo(4, 0);
  });

  it('an MKV with an attachment that names a place outside: nothing is written', async () => {
    const attached = join(lab.folder, 'attached.txt');
    await writeFile(attached, 'escaped');
    const attach = ['-attach', attached, '-metadata:s:t', 'mimetype=text/plain'];
    const input = await lab.make(
      'matroska',
      ...sine,
      '-c:a',
      'aac',
      ...attach,
      '-metadata:s:t',
      'filename=../../etc/x',
    );
    expect(await readFile(input, 'latin1')).toContain('../../etc/x');
    const before = await readdir(lab.folder);
    expect(await outcome(input)).toBeCloseTo(4, 0);
    expect(await readdir(lab.folder)).toEqual(before);
    expect((await readdir(dirname(input))).sort()).toEqual(['audio.mp3', 'input']);
  });
});
