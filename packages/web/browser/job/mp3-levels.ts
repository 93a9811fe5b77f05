/**
 * How loud an MP3 is, without decoding it. Each frame says with which gain its samples are to be scaled (`global_gain`
 * in the side information, ISO 11172-3 2.4.1.7 and ISO 13818-3); that follows the loudness closely enough for a picture,
 * costs a few ms for an hour, and no memory for samples.
 */

/** Places of the picture; more than a screen has pixels for bars. */
export const LEVELS = 600;

interface Frame {
  bytes: number;
  gain: number;
}

/** kbit/s of Layer III by index: of MPEG-1, and of MPEG-2 and 2.5. */
const bitrates = {
  one: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  two: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const rates = [44_100, 48_000, 32_000];

/** Levels from 0 to 1 over the length of the recording; null when this is no MP3 that can be read. */
export function mp3Levels(mp3: Uint8Array, count = LEVELS): number[] | null {
  const gains: number[] = [];
  for (let at = afterTag(mp3); at + 40 < mp3.length;) {
    const frame = frameAt(mp3, at);
    if (frame === null) {
      at += 1;
      continue;
    }
    gains.push(frame.gain);
    at += frame.bytes;
  }
  // The first frame of most files holds a table for seeking, and no sound.
  const sounding = gains.slice(1);
  return sounding.length < 2 ? null : resample(sounding, count);
}

/** Where the sound begins behind an ID3v2 tag. */
function afterTag(mp3: Uint8Array): number {
  const hasTag = mp3[0] === 0x49 && mp3[1] === 0x44 && mp3[2] === 0x33;
  if (!hasTag) return 0;
  return 10 + [6, 7, 8, 9].reduce((size, at) => (size << 7) | ((mp3[at] ?? 0) & 0x7f), 0);
}

function frameAt(mp3: Uint8Array, at: number): Frame | null {
  const byte = (offset: number): number => mp3[at + offset] ?? 0;
  if (byte(0) !== 0xff || (byte(1) & 0xe0) !== 0xe0) return null;
  const version = (byte(1) >> 3) & 3;
  const isLayer3 = ((byte(1) >> 1) & 3) === 1;
  const bitrate = (version === 3 ? bitrates.one : bitrates.two)[byte(2) >> 4];
  const rate = rates[(byte(2) >> 2) & 3];
  if (version === 1 || !isLayer3 || bitrate === undefined || bitrate === 0 || rate === undefined) return null;
  const isOne = version === 3;
  const hertz = isOne ? rate : rate / (version === 2 ? 2 : 4);
  const bytes = Math.floor(((isOne ? 144_000 : 72_000) * bitrate) / hertz) + ((byte(2) >> 1) & 1);
  const hasCrc = (byte(1) & 1) === 0;
  const channels = byte(3) >> 6 === 3 ? 1 : 2;
  return { bytes, gain: gainOf(mp3, at + (hasCrc ? 6 : 4), isOne, channels) };
}

/** The largest amplitude that the gains of a frame stand for; 0 for one without sound. */
function gainOf(mp3: Uint8Array, side: number, isOne: boolean, channels: number): number {
  const header = isOne ? 9 + (channels === 1 ? 5 : 3) + 4 * channels : 8 + (channels === 1 ? 1 : 2);
  const block = isOne ? 59 : 63;
  let loudest = 0;
  for (let part = 0; part < channels * (isOne ? 2 : 1); part += 1) {
    const start = header + part * block;
    const length = bits(mp3, side, start, 12);
    if (length > 0) loudest = Math.max(loudest, 2 ** ((bits(mp3, side, start + 21, 8) - 210) / 4));
  }
  return loudest;
}

function bits(data: Uint8Array, start: number, offset: number, count: number): number {
  let value = 0;
  for (let at = offset; at < offset + count; at += 1) {
    value = (value << 1) | (((data[start + (at >> 3)] ?? 0) >> (7 - (at & 7))) & 1);
  }
  return value;
}

/** As many values as there are places, from the loudest of each, on a scale on which speech is well to be seen. */
function resample(gains: readonly number[], count: number): number[] {
  const places = Math.min(count, gains.length);
  const peaks = Array.from({ length: places }, (_, place) => {
    const from = Math.floor((place * gains.length) / places);
    const to = Math.max(from + 1, Math.floor(((place + 1) * gains.length) / places));
    return gains.slice(from, to).reduce((peak, gain) => Math.max(peak, gain), 0);
  });
  const loudest = peaks.reduce((peak, gain) => Math.max(peak, gain), 0);
  return peaks.map((peak) => (loudest === 0 ? 0 : Math.sqrt(peak / loudest)));
}
