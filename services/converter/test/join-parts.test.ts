import { describe, expect, it } from '@jest/globals';
import { assembleTranscript } from '../src/assemble-transcript.ts';
import { joinParts } from '../src/join-parts.ts';
import { planCuts } from '../src/plan-cuts.ts';
import { voiceAllOver, type Stretch } from '../src/voice-activity.ts';
import { anySpeech, hearChunk, plainWords, type SpokenWord } from './oracle.ts';
import { randomFrom } from './random.ts';

const about = { engine: 'oracle', model: null, stated: undefined };

/** The pauses of a speech of at least 0.3 s, as a detector finds them. */
function activityOf(words: readonly SpokenWord[], durationSeconds: number) {
  const voice: Stretch[] = [];
  for (const { start, end } of words) {
    const last = voice.at(-1);
    if (last !== undefined && start - last.end < 0.3) last.end = end;
    else voice.push({ start, end });
  }
  const pauses = voice.slice(1).map(({ start: end }, index) => {
    const start = voice[index]?.end ?? end;
    return { start, end, quietest: (start + end) / 2 };
  });
  return { durationSeconds, voice, pauses };
}

function assembled(
  words: readonly SpokenWord[],
  pieces: readonly Stretch[],
  durationSeconds: number,
  random: () => number,
) {
  const results = pieces.map((piece) => ({
    startSeconds: piece.start,
    endSeconds: piece.end,
    heard: hearChunk(words, piece, random),
  }));
  return assembleTranscript(results, { ...about, durationSeconds });
}

describe('a speech that is cut and put together again', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);

  it.each(seeds)('has the same words in the same order when it is cut in its pauses (%d)', (seed) => {
    const random = randomFrom(seed);
    const durationSeconds = 60 + 600 * random();
    const words = anySpeech(random, durationSeconds);
    const pieces = planCuts(activityOf(words, durationSeconds), 10 + Math.round(100 * random()));
    const transcript = assembled(words, pieces, durationSeconds, random);
    const said = words.map(({ text }) => text);
    expect(plainWords(transcript.segments)).toEqual(said);
    expect(transcript.words?.map(({ text }) => text)).toEqual(said);
  });

  it.each(seeds)('has the same words in the same order when the chunks overlap anywhere (%d)', (seed) => {
    const random = randomFrom(1000 + seed);
    const durationSeconds = 60 + 600 * random();
    const words = anySpeech(random, durationSeconds);
    const pieces = planCuts(voiceAllOver(durationSeconds), 15 + Math.round(100 * random()));
    const transcript = assembled(words, pieces, durationSeconds, random);
    const said = words.map(({ text }) => text);
    expect(transcript.words?.map(({ text }) => text)).toEqual(said);
    expect(plainWords(transcript.segments)).toEqual(said);
    const times = transcript.segments.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('joinParts', () => {
  const word = (text: string, start: number) => ({ text, start, end: start + 0.4 });
  const spoken = (text: string, start: number) => text.split(' ').map((one, n) => word(one, start + n / 2));

  /** A part with words of two a second, and one segment of them. */
  function part(start: number, end: number, text: string, at: number, segment = text) {
    const words = text === '' ? [] : spoken(text, at);
    const segments = words.length === 0 ? [] : [{ start: at, end: words.at(-1)?.end ?? at, text: segment }];
    return { start, end, words, segments };
  }

  const texts = (parts: ReturnType<typeof joinParts>) =>
    parts.map(({ segments }) => segments.map(({ text }) => text).join(' '));

  it('leaves parts alone that only touch', () => {
    const parts = [part(0, 10, 'one two', 8), part(10, 20, 'one two', 10)];
    expect(joinParts(parts)).toEqual(parts);
  });

  it('cuts in the middle of what both heard, and keeps the punctuation', () => {
    const [before, after] = joinParts([
      part(0, 10, 'we went to the market and bro', 7, 'We went to the market; and bro'),
      part(
        7,
        20,
        'ehnt to the market and bought some bread',
        7.5,
        'Ehnt to the market; and bought “some” bread.',
      ),
    ]);
    expect(before?.segments).toEqual([{ start: 7, end: 8.9, text: 'We went to the' }]);
    expect(after?.segments).toEqual([{ start: 9, end: 11.4, text: 'market; and bought “some” bread.' }]);
    expect(after?.words?.map(({ text }) => text).join(' ')).toBe('market and bought some bread');
  });

  it('takes all of the one that heard something when the other did not', () => {
    expect(texts(joinParts([part(0, 10, '', 0), part(5, 15, 'hello world', 6)]))).toEqual([
      '',
      'hello world',
    ]);
    expect(texts(joinParts([part(0, 10, 'hello world', 6), part(5, 15, '', 0)]))).toEqual([
      'hello world',
      '',
    ]);
    expect(texts(joinParts([part(0, 10, 'hello', 5.5), part(5, 15, 'world', 8)]))).toEqual([
      'hello',
      'world',
    ]);
  });

  it('changes over in a pause where both heard something else', () => {
    const before = { ...part(0, 10, 'a b', 5), words: [...spoken('a b', 5), ...spoken('c d', 8)] };
    const after = { ...part(5, 15, 'e f', 5), words: [...spoken('e f', 5.1), ...spoken('g h', 8.2)] };
    const segments = (words: typeof before.words) => [
      { start: 5, end: 10, text: words.map(({ text }) => text).join(' ') },
    ];
    expect(
      texts(
        joinParts([
          { ...before, segments: segments(before.words) },
          { ...after, segments: segments(after.words) },
        ]),
      ),
    ).toEqual(['a b', 'g h']);
  });

  it('takes the same words at another time for other words', () => {
    const [before, after] = joinParts([
      part(0, 10, 'no no no no no no no no', 6),
      part(5, 15, 'no no no no no no no no no no', 6),
    ]);
    expect((before?.words?.length ?? 0) + (after?.words?.length ?? 0)).toBe(10);
  });

  it('does not take the same words for one saying when they were said at another time', () => {
    const said = (text: string, at: number, more: string, later: number) => ({
      words: [...spoken(text, at), ...spoken(more, later)],
      segments: [{ start: at, end: later + 2, text: `${text} ${more}` }],
    });
    const parts = [
      { start: 0, end: 10, ...said('yes we can', 5.2, 'mumble', 8) },
      { start: 5, end: 15, ...said('grumble', 6.7, 'yes we can', 8.5) },
    ];
    expect(texts(joinParts(parts))).toEqual(['yes we can', 'yes we can']);
  });

  it('joins scripts without spaces letter by letter', () => {
    const letters = (text: string, start: number) => Array.from(text, (one, n) => word(one, start + n / 2));
    const parts = [
      {
        start: 0,
        end: 10,
        words: letters('今日はいい天', 7),
        segments: [{ start: 7, end: 10, text: '今日は、いい天' }],
      },
      {
        start: 7.4,
        end: 20,
        words: letters('はいい天気です', 8),
        segments: [{ start: 8, end: 12, text: 'は、いい天気です。' }],
      },
    ];
    expect(texts(joinParts(parts)).join('|')).toBe('今日は、い|い天気です。');
  });

  describe('without times of words', () => {
    const whole = (start: number, end: number, text: string) => ({
      start,
      end,
      segments: [{ start, end, text }],
    });

    it('joins by what the one ends and the other begins with', () => {
      const before = whole(0, 20, `${'So it was said. '.repeat(10)}We went to the market and bou`);
      const after = whole(17, 37, `Ent to the market and bought bread. ${'And so on. '.repeat(10).trim()}`);
      const [one = '', two = ''] = texts(joinParts([before, after]));
      expect(`${one} ${two}`).toBe(
        `${'So it was said. '.repeat(10)}We went to the market and bought bread. ${'And so on. '.repeat(10).trim()}`,
      );
    });

    it('would rather say something twice than leave it out', () => {
      const parts = [whole(0, 20, 'This is one thing.'), whole(17, 37, 'That is something else.')];
      expect(joinParts(parts)).toEqual(parts);
    });
  });
});
