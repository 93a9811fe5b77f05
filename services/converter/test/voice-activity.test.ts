import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SileroVoiceDetector } from '../src/adapters/silero-voice-detector.ts';
import { quietStretches, type VoiceActivity } from '../src/voice-activity.ts';
import { MediaLab } from './media-lab.ts';
import { longText, readAloud, readSentences } from './read-aloud.ts';

const { signal } = new AbortController();
/** The sentences of a reader with a second and a half of silence after each. */
const read = readSentences.flatMap(({ path }) => ['-i', path]);
const withPauses =
  '[0]apad=pad_dur=1.5[a];[1]apad=pad_dur=1.5[b];[2]apad=pad_dur=1.5[c];[3]apad=pad_dur=1.5[d]';
const joined = `${withPauses};[a][b][c][d][4]concat=n=5:v=0:a=1`;

let lab: MediaLab;
let detector: SileroVoiceDetector;

beforeAll(async () => {
  lab = await MediaLab.open();
  detector = await SileroVoiceDetector.open();
});
afterAll(async () => {
  await detector.close();
  await lab.close();
});

/** What the detector finds in what ffmpeg makes of these arguments, heard in parts of so many seconds. */
async function listen(args: readonly string[], partSeconds = 600): Promise<VoiceActivity> {
  const input = await lab.make('flac', ...args, '-ac', '1', '-ar', '16000');
  const speech = `${input}.speech.flac`;
  const { durationSeconds } = await lab.tools().toSpeech({ input, output: speech, signal });
  const listener = detector.listen();
  for (let start = 0; start < durationSeconds; start += partSeconds) {
    const part = { start, end: Math.min(start + partSeconds, durationSeconds) };
    await lab.tools().toSamples({ input: speech, output: `${input}.samples`, part, signal });
    await listener.hear(`${input}.samples`);
  }
  const activity = await listener.finish();
  await listener.stop();
  expect(activity.durationSeconds).toBeCloseTo(durationSeconds, 3);
  return activity;
}

function share({ voice, durationSeconds }: VoiceActivity): number {
  return voice.reduce((sum, { start, end }) => sum + end - start, 0) / durationSeconds;
}

const made = (source: string): string[] => ['-f', 'lavfi', '-i', source];
const chord = '0.2*(sin(2*PI*220*t)+sin(2*PI*277*t)+sin(2*PI*330*t))*(0.6+0.4*sin(2*PI*5*t))';
const melody = '0.3*sin(2*PI*220*pow(2,mod(floor(t*3)*7,12)/12)*t)*(0.7+0.3*sin(2*PI*6*t))';
const drums = '0.8*sin(2*PI*60*t)*exp(-20*mod(t,0.5))+0.4*(random(0)-0.5)*exp(-40*mod(t+0.25,0.5))';
const hum = '0.1*sin(2*PI*50*t)+0.05*sin(2*PI*100*t)+0.03*sin(2*PI*150*t)';

describe('what is no speech', () => {
  it.each([
    ['silence', 'anullsrc=r=16000:cl=mono:d=30'],
    ['white noise', 'anoisesrc=c=white:a=0.3:d=30:seed=7'],
    ['pink noise', 'anoisesrc=c=pink:a=0.3:d=30:seed=7'],
    ['noise that can hardly be heard', 'anoisesrc=c=brown:a=0.002:d=30:seed=7'],
    ['the hum of a lecture hall', `aevalsrc='${hum}':d=30`],
    ['a tone', 'sine=f=440:d=30'],
    ['a chord with tremolo', `aevalsrc='${chord}':d=30`],
    ['a melody', `aevalsrc='${melody}':d=30`],
    ['drums', `aevalsrc='${drums}':d=30`],
    ['noise as loud and quiet as syllables', "aevalsrc='0.5*(random(0)-0.5)*(0.5+0.5*sin(2*PI*4*t))':d=30"],
  ])('%s is not taken for a voice', async (_name, source) => {
    expect((await listen(made(source))).voice).toEqual([]);
  });
});

describe('speech', () => {
  it('is found with its pauses, to a fraction of a second, and cuts in between are in silence', async () => {
    const { voice, pauses, durationSeconds } = await listen([...read, '-filter_complex', joined]);
    const long = quietStretches({ start: 0, end: durationSeconds }, voice, 1);
    // Lengths of the sentences: 7.1, 2.99, 5.3, 6.05 and 3.29 s; the reader pauses at the ends of each, too.
    const silences = [7.1, 11.59, 18.39, 25.94];
    expect(long).toHaveLength(4);
    for (const [index, silence] of silences.entries()) {
      expect(Math.abs((long[index]?.start ?? 0) - silence)).toBeLessThan(0.4);
      expect(Math.abs((long[index]?.end ?? 0) - silence - 1.5)).toBeLessThan(0.4);
      const cut = pauses.find(({ end }) => end === long[index]?.end)?.quietest ?? 0;
      expect(cut).toBeGreaterThan(silence);
      expect(cut).toBeLessThan(silence + 1.5);
    }
  });

  it.each([
    ['as it is', 'anull'],
    ['of somebody far from the microphone', 'volume=-45dB'],
    ['over the telephone', 'highpass=f=300,lowpass=f=3400'],
    ['too loud for the recorder', 'volume=25dB'],
  ])('is found %s', async (_name, filter) => {
    expect(share(await listen([...read, '-filter_complex', `${joined},${filter}`]))).toBeGreaterThan(0.65);
  });

  it.each([
    ['hum', `aevalsrc='${hum}':d=40`],
    ['noise', 'anoisesrc=c=pink:a=0.05:d=40:seed=3'],
    ['music', `aevalsrc='0.3*(${chord})+0.2*(${drums})':d=40`],
  ])('is found over %s, with its pauses', async (_name, source) => {
    const mix = `${joined}[speech];[speech][5]amix=inputs=2:duration=first:normalize=0`;
    const { voice, durationSeconds } = await listen([...read, ...made(source), '-filter_complex', mix]);
    expect(share({ voice, durationSeconds, pauses: [] })).toBeGreaterThan(0.6);
    expect(quietStretches({ start: 0, end: durationSeconds }, voice, 1).length).toBeGreaterThanOrEqual(3);
  });

  it('of a synthetic voice has pauses between its sentences', async () => {
    const { pauses } = await listen(['-i', await readAloud(longText, 'rms', join(lab.folder, 'long.wav'))]);
    expect(pauses.length).toBeGreaterThanOrEqual(6);
  });

  it('is found in the same places however it is handed over', async () => {
    const args = [...read, '-filter_complex', joined];
    const [whole, inParts] = [await listen(args), await listen(args, 4)];
    expect(inParts.voice.length).toBeGreaterThanOrEqual(5);
    expect(Math.abs(share(whole) - share(inParts))).toBeLessThan(0.05);
  });

  it('of a minute without a pause is one stretch', async () => {
    // Syllables closer than any pause: the beginning of a sentence, over and over.
    const [sentence = { path: '' }] = readSentences;
    const loop = [
      '-stream_loop',
      '-1',
      '-t',
      '200',
      '-i',
      await lab.make('wav', '-ss', '0.5', '-t', '3', '-i', sentence.path),
    ];
    const { voice } = await listen([...loop, '-t', '200']);
    expect(voice.length).toBeLessThan(5);
    expect(share({ voice, durationSeconds: 200, pauses: [] })).toBeGreaterThan(0.95);
  });
});

describe('the detector', () => {
  it('listens to two recordings at once, and keeps them apart', async () => {
    const silent = listen(made('anullsrc=r=16000:cl=mono:d=20'), 2);
    const spoken = listen([...read, '-filter_complex', joined], 2);
    expect((await silent).voice).toEqual([]);
    expect((await spoken).voice.length).toBeGreaterThanOrEqual(5);
  });

  it('says so when a part is missing, and hears the next recording all the same', async () => {
    const listener = detector.listen();
    await expect(listener.hear(join(lab.folder, 'missing'))).rejects.toThrow(/ENOENT/);
    await listener.stop();
    expect((await listen(made('anullsrc=r=16000:cl=mono:d=1'))).voice).toEqual([]);
  });

  it('begins again after its thread has ended', async () => {
    const other = await SileroVoiceDetector.open();
    const listener = other.listen();
    await other.close();
    await expect(listener.finish()).rejects.toThrow(/has ended/);
    await listener.stop();
    expect((await other.listen().finish()).voice).toEqual([]);
    await other.close();
  });
});
