import { findRepetition } from '../repetition.ts';

/**
 * Whisper takes the last 224 tokens of a prompt and drops what is in front of them
 * (https://platform.openai.com/docs/guides/speech-to-text#prompting); Groq refuses more than 896 characters.
 */
const MAX_TOKENS = 224;
const MAX_CHARACTERS = 896;

/** Less of the text before is no context; more cannot fit. */
const MIN_TAIL = 20;
const MAX_TAIL = 2 * MAX_CHARACTERS;

/**
 * The prompt for a chunk: what its owner asked for, then as much of the end of the text before as fits. Text in a
 * loop is left out, since the engine would go on with it. Undefined when there is nothing to say.
 */
export function promptFor(prompt = '', previousText = ''): string | undefined {
  const asked = fit(prompt, 'start');
  const before = previousText.slice(-MAX_TAIL);
  const tail = findRepetition([before]).looped.size > 0 ? '' : fit(before, 'end', asked);
  const parts = [asked, tail.length >= MIN_TAIL ? tail : ''].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** As many whole words from the start or the end of a text as fit beside what is taken already. */
function fit(text: string, from: 'start' | 'end', taken = ''): string {
  // A script without spaces is cut into pieces.
  const words: string[] = text.trim().match(/\S{1,40}\s*/gu) ?? [];
  if (from === 'end') words.reverse();
  let [characters, tokens] = [taken.length + 1, estimateTokens(taken)];
  let count = 0;
  for (const word of words) {
    characters += word.length;
    tokens += estimateTokens(word);
    if (characters > MAX_CHARACTERS || tokens > MAX_TOKENS) break;
    count += 1;
  }
  const kept = words.slice(0, count);
  return (from === 'end' ? kept.reverse() : kept).join('').trim();
}

/**
 * About how many tokens a text is: four letters of English, two of Cyrillic, one of Chinese make one. Their exact
 * number is known to the model alone, and does not matter: what is too much is cut there.
 */
function estimateTokens(text: string): number {
  const ascii = text.match(/[\u0020-\u007e]/g)?.length ?? 0;
  return ascii / 4 + (Buffer.byteLength(text) - ascii) / 3;
}
