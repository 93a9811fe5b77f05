import { describe, expect, it } from '@jest/globals';
import { MAX_CHUNKS, planCuts } from '../src/plan-cuts.ts';
import { voiceAllOver, type Stretch, type VoiceActivity } from '../src/voice-activity.ts';
import { randomFrom } from './random.ts';

/** Voice in these stretches; each pause is quietest in its middle. */
function activityOf(durationSeconds: number, ...voice: [number, number][]): VoiceActivity {
  const stretches = voice.map(([start, end]) => ({ start, end }));
  const pauses = stretches.slice(1).map(({ start: end }, index) => {
    const start = stretches[index]?.end ?? 0;
    return { start, end, quietest: (start + end) / 2 };
  });
  return { durationSeconds, voice: stretches, pauses };
}

/** Voice for `seconds` at a time, with pauses of `pause` seconds between. */
function talk(durationSeconds: number, seconds: number, pause: number): VoiceActivity {
  const voice: [number, number][] = [];
  for (let at = 0; at + seconds <= durationSeconds; at += seconds + pause) voice.push([at, at + seconds]);
  return activityOf(durationSeconds, ...voice);
}

const times = (activity: VoiceActivity, seconds = 600) =>
  planCuts(activity, seconds).map(({ start, end }) => [start, end]);

describe('planCuts', () => {
  it('leaves a recording in one piece that is short enough', () => {
    expect(times(activityOf(600, [10, 590]))).toEqual([[0, 600]]);
  });

  it('plans nothing where nobody speaks', () => {
    expect(times(activityOf(2000))).toEqual([]);
    expect(times(activityOf(3))).toEqual([]);
    expect(times(activityOf(0))).toEqual([]);
  });

  it('cuts in the longest pause of the second half', () => {
    const long = activityOf(1000, [0, 100], [103, 400], [402, 450], [450.4, 590], [590.3, 1000]);
    expect(times(long)).toEqual([
      [0, 401],
      [401, 1000],
    ]);
  });

  it('prefers a late pause to one that is hardly longer', () => {
    const even = activityOf(1000, [0, 310], [310.5, 580], [580.4, 1000]);
    expect(times(even)).toEqual([
      [0, 580.2],
      [580.2, 1000],
    ]);
  });

  it('lets two chunks overlap where nobody pauses', () => {
    expect(times(voiceAllOver(1500))).toEqual([
      [0, 600],
      [590, 1190],
      [1180, 1500],
    ]);
  });

  it('leaves no rest that is too short to be understood', () => {
    expect(times(voiceAllOver(610))).toEqual([
      [0, 460],
      [450, 610],
    ]);
  });

  it('leaves out where nobody speaks for a minute, but for a margin', () => {
    expect(times(activityOf(1000, [100, 200], [270, 300], [340, 400]))).toEqual([
      [98, 202],
      [268, 402],
    ]);
    expect(times(activityOf(300, [50, 250]))).toEqual([[0, 300]]);
  });

  it('tells where in a chunk nobody speaks for five seconds', () => {
    expect(planCuts(activityOf(100, [6, 20], [24, 40], [46, 97]), 600)).toEqual([
      {
        start: 0,
        end: 100,
        quiet: [
          { start: 0, end: 6 },
          { start: 40, end: 46 },
        ],
      },
    ]);
  });

  it('makes at most so many chunks as one job can carry, and still none above ten minutes', () => {
    for (const hours of [1, 12, 48]) {
      for (const activity of [
        voiceAllOver(hours * 3600),
        talk(hours * 3600, 8, 0.5),
        talk(hours * 3600, 1, 61),
      ]) {
        const pieces = planCuts(activity, 5);
        expect(pieces.length).toBeLessThanOrEqual(MAX_CHUNKS);
        for (const { start, end } of pieces) expect(end - start).toBeLessThanOrEqual(600);
      }
    }
  });
});

describe('any plan', () => {
  /** Somebody who speaks and pauses for times of every order of magnitude. */
  function anyActivity(random: () => number): VoiceActivity {
    const durationSeconds = 10 ** (0.5 + 3.7 * random());
    const voice: [number, number][] = [];
    let at = random() < 0.5 ? 0 : 200 * random() ** 3;
    while (at < durationSeconds && random() > 0.002) {
      const end = Math.min(at + 0.15 + 10 ** (3.2 * random() - 1), durationSeconds);
      voice.push([at, end]);
      at = end + 0.2 + 10 ** (3 * random() ** 2 - 1);
    }
    return activityOf(durationSeconds, ...voice);
  }

  const covers = ({ start, end }: Stretch, at: number): boolean => start <= at && at <= end;

  it.each(Array.from({ length: 300 }, (_, seed) => seed))('keeps all its promises (%d)', (seed) => {
    const random = randomFrom(seed);
    const activity = anyActivity(random);
    const asked = Math.round(5 + 595 * random() ** 2);
    const pieces = planCuts(activity, asked);
    const longest = Math.max(asked, activity.durationSeconds / 250);
    const overlap = Math.min(10, longest / 3);
    const ms = 0.002;

    for (const { start, end } of pieces) {
      expect(end - start).toBeLessThanOrEqual(longest + ms);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(activity.durationSeconds + ms);
      expect(activity.voice.some((voice) => voice.start < end && voice.end > start)).toBe(true);
      expect(Math.round(start * 1000) / 1000).toBe(start);
    }
    for (const [index, piece] of pieces.entries()) {
      const next = pieces[index + 1];
      if (next === undefined) break;
      const isInPause = activity.pauses.some((pause) => covers(pause, piece.end));
      // Cut in a pause, or both hold the same ten seconds, or nobody speaks in between.
      if (next.start < piece.end) expect(piece.end - next.start).toBeCloseTo(overlap, 2);
      else if (next.start === piece.end) expect(isInPause).toBe(true);
      // Never more than two hold the same.
      const third = pieces[index + 2];
      if (third !== undefined) expect(third.start).toBeGreaterThanOrEqual(piece.end - ms);
    }
    for (const { start, end } of activity.voice) {
      for (const at of [start, (start + end) / 2, end])
        expect(pieces.some((piece) => covers({ start: piece.start - ms, end: piece.end + ms }, at))).toBe(
          true,
        );
    }
  });
});
