import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostile, silentFlac } from '@clipscribe/converter/testing';
import { ffmpeg } from '../../support/media.ts';

/** What lies outside, for files to reach for. */
export interface Outside {
  /** The path of a recording of somebody else on the same disk. */
  victim: string;
  /** A loopback port where nobody may call. */
  port: number;
}

export interface MediaCase {
  no: string;
  what: string;
  /** State and code of the job, or status and code of a refused upload. */
  expected: string;
  name?: string;
  content: (lab: Lab, outside: Outside) => Promise<Uint8Array | string> | Uint8Array | string;
}

const { box, flic, flipEvery, gif, lyingId3, nestedMoov, noise, patchBox, text, wav, zipBomb } = hostile;
const sine = ['-f', 'lavfi', '-i', 'sine=440:d=4'];
const pictures = ['-f', 'lavfi', '-i', 'testsrc=s=160x120:r=10:d=4'];
const both = [...pictures, ...sine, '-c:v', 'mpeg4', '-c:a', 'aac'];

/** Makes files with ffmpeg, each once, since every platform is sent the same ones. */
export class Lab {
  readonly folder: string;
  readonly #made = new Map<string, Promise<Buffer>>();

  constructor(folder: string) {
    this.folder = folder;
  }

  make(format: string, ...args: string[]): Promise<Buffer> {
    const key = [format, ...args].join(' ');
    const made = this.#made.get(key) ?? this.#make(format, args);
    this.#made.set(key, made);
    return made;
  }

  async #make(format: string, args: readonly string[]): Promise<Buffer> {
    const path = join(this.folder, `made-${String(this.#made.size)}`);
    await ffmpeg(...args, '-f', format, path);
    return readFile(path);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  mp4 = (): Promise<Buffer> => this.make('mp4', ...both);
  m4a = (): Promise<Buffer> => this.make('mp4', ...sine, '-c:a', 'aac');
  mkv = (): Promise<Buffer> => this.make('matroska', ...both);
}

const url = ({ port }: Outside): string => `http://127.0.0.1:${String(port)}/x.ts`;
const notMedia = 'failed NOT_MEDIA';
const corrupt = 'failed CORRUPT_MEDIA';

type Row = [no: string, what: string, expected: string, content: MediaCase['content'], name?: string];

const refused: Row[] = [
  ['40', 'an empty file', '422 EMPTY_FILE', () => ''],
  ['41', 'random bytes', notMedia, () => noise(100_000)],
  ['42', 'half an MP4, without its moov', corrupt, async (lab) => half(await lab.mp4())],
  [
    '43',
    'a video without sound',
    'failed NO_AUDIO_TRACK',
    (lab) => lab.make('mp4', ...pictures, '-c:v', 'mpeg4'),
  ],
  ['44', 'HLS to a local file', notMedia, (_lab, { victim }) => text.hls(victim)],
  ['44b', 'HLS to a local file by file:', notMedia, (_lab, { victim }) => text.hls(`file:${victim}`)],
  [
    '44c',
    'HLS to a local file by subfile:',
    notMedia,
    (_lab, { victim }) => text.hls(`subfile,,start,0,end,0,,:${victim}`),
  ],
  ['45', 'HLS to http on loopback', notMedia, (_lab, outside) => text.hls(url(outside))],
  [
    '45b',
    'HLS by a protocol within a protocol',
    notMedia,
    (_lab, outside) => text.hls(`crypto+${url(outside)}`),
  ],
  ['46', 'ffconcat to a local file', notMedia, (_lab, { victim }) => text.concat(victim)],
  ['46b', 'ffconcat to http', notMedia, (_lab, outside) => text.concat(url(outside))],
  ['47', 'a DASH manifest to a local file', notMedia, (_lab, { victim }) => text.dash(victim)],
  ['47b', 'a DASH manifest to http', notMedia, (_lab, outside) => text.dash(url(outside))],
  ['48', 'SDP', notMedia, (_lab, { port }) => text.sdp(port)],
  ['49', 'SVG', notMedia, () => text.svg],
  [
    '50',
    'a WAV of 11 days at one sample a second',
    'failed TOO_LONG',
    () => wav({ rate: 1, dataBytes: 950_400 }),
  ],
  [
    '51',
    '100 hours of silence in a small FLAC',
    'failed TOO_LONG',
    () => silentFlac(100, { declaresLength: true }),
  ],
  [
    '51b',
    'the same where the header hides it',
    'failed TOO_LONG',
    () => silentFlac(100, { declaresLength: false }),
  ],
  ['52', '65,535 channels', 'failed TOO_COMPLEX', () => wav({ channels: 65_535, dataBytes: 4 * 65_535 })],
  ['53', '255 channels', 'failed TOO_COMPLEX', () => wav({ channels: 255, dataBytes: 255 * 8000 })],
  ['54', 'a sample rate of 0', corrupt, () => wav({ rate: 0, dataBytes: 8000 })],
  ['55', 'an unknown WAV tag', 'failed UNSUPPORTED_MEDIA', () => wav({ tag: 0x1234, dataBytes: 8000 })],
  ['56', '300 streams in an MKV', 'failed TOO_COMPLEX', (lab) => lab.make('matroska', ...tracks(300))],
  ['56b', '300 streams in a MOV', 'failed TOO_COMPLEX', (lab) => lab.make('mov', ...tracks(300))],
  ['57', '20,000 nested moov', corrupt, () => nestedMoov(20_000)],
  [
    '58',
    'stsz with 268 million samples',
    corrupt,
    async (lab) => patchBox(await lab.m4a(), 'stsz', { 8: 0x0fff_ffff }),
  ],
  [
    '58b',
    'stsz with samples of 2 GB',
    'failed EMPTY_OUTPUT',
    async (lab) => patchBox(await lab.m4a(), 'stsz', { 4: 0x7fff_ffff }),
  ],
  [
    '59',
    'stts with samples of 13 hours',
    'failed EMPTY_OUTPUT',
    async (lab) => patchBox(await lab.m4a(), 'stts', { 12: 0x7fff_ffff }),
  ],
  [
    '59b',
    'stts with 2 billion entries',
    'failed RESOURCE_LIMIT',
    async (lab) => patchBox(await lab.m4a(), 'stts', { 4: 0x7fff_ffff }),
  ],
  ['60', 'an encrypted MP4', corrupt, (lab) => lab.make('mp4', ...sine, '-c:a', 'aac', ...encryption)],
  ['62', 'a ZIP bomb', notMedia, () => zipBomb(100_000_000)],
  ['63', 'HTML named .mp4', notMedia, () => text.html, 'film.mp4'],
  ['64', 'a GIF of 65,535 × 65,535', notMedia, () => gif(65_535, 65_535)],
  ['65', 'a FLIC header', notMedia, () => flic()],
  ['66', 'an ID3 tag that claims 256 MB', notMedia, async (lab) => lyingId3(await lab.m4a())],
  [
    '66b',
    'an MP4 box that claims 4 GB',
    notMedia,
    () =>
      Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), Buffer.from('ffffffff6d6f6f76', 'hex')]),
  ],
];

const incomplete = 'partial INCOMPLETE_OUTPUT, MP3';
const converted = 'succeeded, MP3';

const handled: Row[] = [
  ['61', 'an MP4 with every 997th byte flipped', incomplete, async (lab) => flipEvery(await lab.mp4(), 997)],
  ['61b', 'an MKV with every 997th byte flipped', incomplete, async (lab) => flipEvery(await lab.mkv(), 997)],
  ['67', 'an AVI with a video codec nobody knows', converted, exoticAvi],
  ['68', 'a video track of 16,000 × 16,000', converted, hugePicture],
  ['69', 'an MKV with an attachment ../../etc/cron.d/x', converted, attachment],
  ['70', 'tags with ESC, CR, LF and a place', converted, tagged],
  [
    '71',
    'a truncated MKV',
    incomplete,
    async (lab) => (await lab.mkv()).subarray(0, Math.floor(((await lab.mkv()).length * 2) / 3)),
  ],
];

/** 40–71, by their numbers. */
export const mediaCases: readonly MediaCase[] = [...refused, ...handled]
  .map(([no, what, expected, content, name]) => ({
    no,
    what,
    expected,
    content,
    ...(name === undefined ? {} : { name }),
  }))
  .sort((one, other) => Number.parseInt(one.no, 10) - Number.parseInt(other.no, 10));

/** What the tags of case 70 say, none of which may be in an MP3 of ours. */
export const secretTags = ['+48.8584+002.2945/', 'Injected: yes', 'Canon of the owner'];

const encryption = [
  ...['-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb'],
  ...['-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8'],
];

function half(file: Buffer): Buffer {
  return file.subarray(0, file.length / 2);
}

function tracks(count: number): string[] {
  const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=0.5'];
  return [...silence, ...Array.from({ length: count }, () => ['-map', '0:a']).flat(), '-c:a', 'pcm_s16le'];
}

async function exoticAvi(lab: Lab): Promise<Buffer> {
  const avi = await lab.make('avi', ...pictures, ...sine, '-c:v', 'mpeg4', '-c:a', 'mp3');
  return Buffer.from(avi.toString('latin1').replaceAll('FMP4', 'XYZQ'), 'latin1');
}

/** One PNG frame, whose header is broken: whoever opened a decoder for it would fail. */
async function hugePicture(lab: Lab): Promise<Buffer> {
  const frame = await lab.write('frame', new Uint8Array((16_000 * 16_000) / 8));
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'monob', '-s', '16000x16000', '-r', '1', '-i', frame];
  const mkv = await lab.make('matroska', ...raw, ...sine, '-c:v', 'png', '-c:a', 'aac');
  return Buffer.from(mkv.toString('latin1').replaceAll('IHDR', 'XXXX'), 'latin1');
}

async function attachment(lab: Lab): Promise<Buffer> {
  const attached = await lab.write('attached.txt', '* * * * * root touch /escaped\n');
  const tags = ['-metadata:s:t', 'mimetype=text/plain', '-metadata:s:t', 'filename=../../etc/cron.d/x'];
  const file = await lab.make('matroska', ...sine, '-c:a', 'aac', '-attach', attached, ...tags);
  if (!file.includes('../../etc/cron.d/x')) throw new Error('the attachment is missing');
  return file;
}

async function tagged(lab: Lab): Promise<Buffer> {
  const [place, header, camera] = secretTags;
  const tags = [`location=${place ?? ''}`, `title=\x1b[31mred\r\n${header ?? ''}`, `comment=${camera ?? ''}`];
  const file = await lab.make(
    'mp4',
    ...both,
    '-movflags',
    'use_metadata_tags',
    ...tags.flatMap((tag) => ['-metadata', tag]),
  );
  if (!secretTags.every((tag) => file.includes(tag))) throw new Error('a tag is missing');
  return file;
}
