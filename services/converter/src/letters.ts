/** A letter or digit with the marks that belong to it: what a text and its words agree on, whatever the punctuation. */
const letter = /[\p{L}\p{N}]\p{M}*/gu;

/** A word, or one letter of a script that puts no spaces between words. */
const token =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;

/** Belongs to the word before it: punctuation that opens nothing. */
const closing = /[^\p{L}\p{N}\p{M}\s\p{Ps}\p{Pi}¿¡]*/uy;

/** A text without all but its letters, in lower case, to compare words by. */
export function bareText(text: string): string {
  return lettersIn(text).join('').toLowerCase().normalize('NFC');
}

export function countLetters(text: string): number {
  return lettersIn(text).length;
}

/** The words of a text; scripts without spaces are taken letter by letter. */
export function tokensOf(text: string): string[] {
  return text.match(token) ?? [];
}

/** Cuts a text behind so many letters and the punctuation that follows them. */
export function splitAfterLetters(text: string, letters: number): [string, string] {
  if (letters <= 0) return ['', text];
  const last = [...text.matchAll(letter)][letters - 1];
  if (last === undefined) return [text, ''];
  closing.lastIndex = last.index + last[0].length;
  closing.test(text);
  return [text.slice(0, closing.lastIndex).trimEnd(), text.slice(closing.lastIndex).trimStart()];
}

function lettersIn(text: string): string[] {
  return text.match(letter) ?? [];
}
