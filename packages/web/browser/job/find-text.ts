import type { Sentence } from './align-words.ts';

/** Where something is said: from a character of a sentence's text to one of the same sentence, or of a later one. */
export interface Hit {
  sentence: number;
  from: number;
  last: number;
  to: number;
}

/** All that is said, in one text without case and accents, with the way back from its characters. */
interface Folded {
  text: string;
  /** Of each character, and of the end: its sentence, and its place there. */
  sentences: number[];
  places: number[];
}

/** More would not be looked at one after the other. */
const MOST = 2000;

/** It takes some ms for two hours; each letter that is typed asks for it. */
const known = new WeakMap<readonly Sentence[], Folded>();

/**
 * All places where the text is said, without case and accents, also from one sentence to the next. Empty for less than
 * two characters, or one of a script that has words of one.
 */
export function findText(sentences: readonly Sentence[], wanted: string): Hit[] {
  if (!isLongEnough(wanted)) return [];
  const needle = Array.from(wanted.normalize('NFC').trim().replace(/\s+/g, ' '), fold).join('');
  if (needle === '') return [];
  const all = known.get(sentences) ?? foldAll(sentences);
  known.set(sentences, all);
  const hits: Hit[] = [];
  for (let at = all.text.indexOf(needle); at !== -1; at = all.text.indexOf(needle, at + needle.length)) {
    hits.push(hitAt(all, at, at + needle.length - 1));
    if (hits.length === MOST) break;
  }
  return hits;
}

/** Chinese, Japanese and others have words of one letter. */
export function isLongEnough(wanted: string): boolean {
  const text = wanted.trim();
  return text.length > 1 || /\p{Lo}/u.test(text);
}

function hitAt({ sentences, places }: Folded, first: number, end: number): Hit {
  // A letter that folds to several ones ends where the next one begins.
  let after = end + 1;
  while (sentences[after] === sentences[end] && places[after] === places[end]) after += 1;
  const isNext = sentences[after] === sentences[end];
  const last = sentences[end] ?? 0;
  const to = isNext ? places[after] : (places[end] ?? 0) + 1;
  return { sentence: sentences[first] ?? 0, from: places[first] ?? 0, last, to: to ?? 0 };
}

function foldAll(sentences: readonly Sentence[]): Folded {
  const folded: Folded = { text: '', sentences: [], places: [] };
  const add = (letters: string, sentence: number, place: number): void => {
    folded.text += letters;
    // A letter may fold to none, and to several ones.
    folded.sentences.push(...Array.from(letters, () => sentence));
    folded.places.push(...Array.from(letters, () => place));
  };
  for (const [index, { text }] of sentences.entries()) {
    let place = 0;
    for (const letter of text) {
      add(fold(letter), index, place);
      place += letter.length;
    }
    add(' ', index, place);
  }
  return folded;
}

/** A letter without case, accents and typographic quotes. Only accents: marks of other scripts are letters. */
function fold(letter: string): string {
  if (letter < '\u0080') return letter.toLowerCase();
  if (letter === '’' || letter === '‘') return "'";
  const plain = letter
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  return plain === 'ς' ? 'σ' : plain;
}
