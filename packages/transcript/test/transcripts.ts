import type { Transcript } from '@clipscribe/contracts';
import fc from 'fast-check';

export type Segment = Transcript['segments'][number];
export type Word = NonNullable<Transcript['words']>[number];

/** A transcript that ends with its last segment or word. */
export function transcriptOf(segments: Segment[], words?: Word[], durationSeconds?: number): Transcript {
  const end = [...segments, ...(words ?? [])].reduce((latest, item) => Math.max(latest, item.end), 0);
  const about = { v: 1, engine: 'test', model: null, language: null } as const;
  const duration = { durationSeconds: durationSeconds ?? end };
  return { ...about, ...duration, segments, ...(words === undefined ? {} : { words }) };
}

/** One segment of text, spoken from 0 to `end` seconds. */
export function said(text: string, end: number): Transcript {
  return transcriptOf([{ start: 0, end, text }]);
}

/** The words of a text one after the other, each of the same length in seconds. */
export function wordsAt(text: string, start: number, eachSeconds: number): Word[] {
  return text.split(' ').map((word, index) => ({
    start: start + index * eachSeconds,
    end: start + (index + 1) * eachSeconds,
    text: word,
  }));
}

/** Speech in the scripts that make subtitles difficult, with a length in seconds at which it can be read. */
export const samples: Record<string, { text: string; seconds: number }> = {
  english: {
    text: `I think it was Dr. Smith who said, "The river is the city." But when you look at the old maps, you'll see that the first houses weren't built near the water at all; they were built up on the hill, where it was safer.`,
    seconds: 16,
  },
  french: {
    text: 'Bonjour à tous ! Vous êtes bien là ? « Oui », disent-ils : la rivière est la ville, et la ville est à nous.',
    seconds: 9,
  },
  arabic: {
    text: 'مرحبا بكم في هذا الفيديو القصير عن تاريخ المدينة. جاء الناس الأوائل إلى هنا بسبب الماء في النهر، وقالت NASA إن Google Earth يظهر ذلك بوضوح. هل تعلم؟',
    seconds: 15,
  },
  hebrew: {
    text: 'שָׁלוֹם וברוכים הבאים לסרטון הקצר הזה על תולדות העיר. האנשים הראשונים הגיעו לכאן בגלל המים בנהר!',
    seconds: 10,
  },
  japanese: {
    text: '皆さん、こんにちは。今日はこの街の歴史についてお話ししたいと思います。最初に住んだ人々は、川の水を求めてここに来ました。「川は街である」と彼は言った。コンピューターを使って古い地図を調べてみると、とても面白いことがわかります。',
    seconds: 22,
  },
  chinese: {
    text: '大家好，欢迎收看这个关于城市历史的短片。最早的居民因为河里的水而来到这里，并在河边建造了他们的房子。',
    seconds: 12,
  },
  korean: {
    text: '안녕하세요 여러분, 오늘은 이 도시의 역사에 대해 이야기하겠습니다. 최초의 사람들은 강물 때문에 이곳에 왔습니다.',
    seconds: 11,
  },
  thai: {
    text: 'สวัสดีครับ วันนี้เราจะมาพูดถึงประวัติศาสตร์ของเมืองนี้ ผู้คนกลุ่มแรกมาที่นี่เพราะน้ำในแม่น้ำและพวกเขาได้สร้างบ้านเรือนขึ้นมากมาย',
    seconds: 15,
  },
  hindi: {
    text: 'नमस्ते और स्वागत है। आज हम इस शहर के इतिहास के बारे में बात करेंगे। पहले लोग नदी के पानी के कारण यहाँ आए थे।',
    seconds: 10,
  },
  emoji: {
    text: 'The family 👨‍👩‍👧‍👦 went to 🇯🇵 and was very happy 🎉🎉 about the naïve café e\u0301. It went home again later that week, all 👍🏽.',
    seconds: 9,
  },
};

/** Letters of many scripts, hazards of every format, and anything else that Unicode has. */
const awkwardText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        'word',
        'Hello.',
        'and,',
        '--',
        '-->',
        '<b>',
        '&amp;',
        '{\\an8}',
        'NOTE',
        '1',
        '"',
        '…',
      ),
      fc.constantFrom('川の水', 'コーヒー', 'สวัสดี', 'שלום', 'النهر', 'e\u0301', '👨‍👩‍👧‍👦', '🇯🇵', '한국어'),
      fc.constantFrom(
        ' ',
        ' ',
        ' ',
        '\n',
        '\r\n\r\n',
        '\t',
        '\0',
        '\u2028',
        '\u00a0',
        '\u3000',
        '\u200b',
        '\ufeff',
      ),
      fc.constantFrom('x'.repeat(60), '漢'.repeat(40), '\ud800', '\u200f', '\u0301', '\u3164'),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const anySeconds = fc.oneof(
  fc.double({ min: 0, max: 60, noNaN: true }),
  fc.integer({ min: 0, max: 40 }),
  fc.constantFrom(0, 0.0004, 359_999.9996, 400_000, 1e300),
);

const anyWord = fc.record({ start: anySeconds, end: anySeconds, text: awkwardText });

/** What no engine should say and some will: times in any order, words that have nothing to do with the text. */
export const awkwardTranscripts: fc.Arbitrary<Transcript> = fc.record(
  {
    v: fc.constant(1 as const),
    engine: fc.constant('test'),
    model: fc.constant(null),
    language: fc.constantFrom(null, 'en', 'ja', 'no such language'),
    durationSeconds: anySeconds,
    segments: fc.array(anyWord, { maxLength: 12 }),
    words: fc.array(anyWord, { maxLength: 40 }),
  },
  { requiredKeys: ['v', 'engine', 'model', 'language', 'durationSeconds', 'segments'] },
);

/** Some words of Latin letters, with a pause after each: speech as it is. */
const spokenWord = fc.record({
  text: fc.stringMatching(/^[A-Za-z]{1,12}[,.?]?$/),
  seconds: fc.double({ min: 0.15, max: 0.6, noNaN: true }),
  pause: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.3, noNaN: true }), fc.constantFrom(0.8, 3)),
});

/** Speech at an everyday pace, with the time of every word, in segments of any number of words. */
export const speech: fc.Arbitrary<Transcript> = fc
  .tuple(fc.array(spokenWord, { minLength: 1, maxLength: 120 }), fc.integer({ min: 1, max: 40 }))
  .map(([spoken, perSegment]) => {
    let at = 0;
    const words = spoken.map(({ text, seconds, pause }) => {
      const word = { start: at, end: at + seconds, text };
      at += seconds + pause;
      return word;
    });
    return transcriptOf(segmentsOf(words, perSegment), words, at + 2);
  });

function segmentsOf(words: Word[], perSegment: number): Segment[] {
  const segments: Segment[] = [];
  for (let index = 0; index < words.length; index += perSegment) {
    const own = words.slice(index, index + perSegment);
    const text = own.map((word) => word.text).join(' ');
    segments.push({ start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0, text });
  }
  return segments;
}
