import { JobFailure, parseLanguage } from '@clipscribe/contracts';
import { z } from 'zod';
import { confidenceMarks, roundedConfidence } from '../confidence.ts';
import { orderTimes } from '../order-times.ts';
import type { Heard } from '../transcriber.ts';

/** What helps, but is no reason to refuse a transcript. */
const hint = z.number().optional().catch(undefined);

/** OpenAI, Groq and whisper.cpp call the text of a word `word`, LocalAI calls it `text`. */
const wordSchema = z
  .object({
    start: z.number(),
    end: z.number(),
    word: z.string().optional(),
    text: z.string().optional(),
    probability: hint,
  })
  .refine(({ word, text }) => word !== undefined || text !== undefined, { error: 'a word without text' });

const segmentSchema = z.object({
  start: z.number(),
  end: z.number(),
  text: z.string(),
  avg_logprob: hint,
  no_speech_prob: hint,
  /** whisper.cpp puts the words here; servers that were told to leave out times leave out theirs as well. */
  words: z.array(wordSchema).nullish().catch(undefined),
});

/** Servers that speak the API may write null for what they do not know. */
const answerSchema = z.object({
  text: z.string(),
  language: z.string().nullish(),
  /** gpt-transcribe says it in this form. */
  languages: z.array(z.object({ code: z.string() })).nullish(),
  segments: z.array(segmentSchema).nullish(),
  words: z.array(wordSchema).nullish(),
});

type Answer = z.infer<typeof answerSchema>;
type RawWord = z.infer<typeof wordSchema>;

/**
 * An answer of the API as what was heard, with all times inside the recording. Without segments it is one segment
 * from begin to end.
 * @throws JobFailure with PROVIDER_BAD_ANSWER for what is no transcript
 */
export function readAnswer(body: unknown, durationSeconds: number): Heard {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) throw new JobFailure('PROVIDER_BAD_ANSWER', { cause: parsed.error });
  const answer = parsed.data;
  const words = orderTimes(readWords(answer), durationSeconds);
  return {
    language: parseLanguage(answer.language ?? answer.languages?.[0]?.code ?? ''),
    segments: orderTimes(readSegments(answer, durationSeconds), durationSeconds),
    ...(words.length === 0 ? {} : { words }),
  };
}

function readSegments(answer: Answer, durationSeconds: number): Heard['segments'] {
  const segments = (answer.segments ?? []).map(({ start, end, text, avg_logprob, no_speech_prob }) => ({
    ...{ start, end, text: text.trim() },
    ...confidenceMarks(avg_logprob === undefined ? undefined : Math.exp(avg_logprob), no_speech_prob),
  }));
  const spoken = segments.filter(({ text }) => text !== '');
  const whole = answer.text.trim();
  return spoken.length > 0 || whole === '' ? spoken : [{ start: 0, end: durationSeconds, text: whole }];
}

function readWords({ words, segments }: Answer): NonNullable<Heard['words']> {
  const listed = words ?? [];
  const raw =
    listed.length > 0 ? listed : (segments ?? []).flatMap((segment) => joinTokens(segment.words ?? []));
  return raw
    .map(({ start, end, word, text = word ?? '', probability }) => ({
      ...{ start, end, text: text.trim() },
      ...(probability === undefined ? {} : { confidence: roundedConfidence(probability) }),
    }))
    .filter(({ text }) => text !== '');
}

/** whisper.cpp lists tokens: one without a space in front goes on with the word before, in scripts that have spaces. */
function joinTokens(tokens: readonly RawWord[]): RawWord[] {
  const hasSpaces = tokens.slice(1).some(({ word = '' }) => word.startsWith(' '));
  if (!hasSpaces) return [...tokens];
  const joined: RawWord[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (last === undefined || (token.word ?? ' ').startsWith(' ')) joined.push({ ...token });
    else Object.assign(last, { word: `${last.word ?? ''}${token.word ?? ''}`, end: token.end });
  }
  return joined;
}
