/** Scripts that are written without spaces between words. Korean has spaces. */
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** True for a text in which words follow each other without spaces, in Japanese, Chinese, Thai and the like. */
export function hasNoSpaces(text: string): boolean {
  return spaceless.test(text);
}

/** What ends a sentence, in the scripts of the world, and the quotes and brackets that may close after it. */
const sentenceEnd = /[.!?…。．！？｡؟۔।॥።។။։]["'”’»›)\]）」』】〉》]{0,4}$/u;

const clauseEnd = /[,;:–—،؛、，；：・]["'”’»›)\]）」』】〉》]{0,4}$/u;

export function endsSentence(text: string): boolean {
  return sentenceEnd.test(text);
}

export function endsClause(text: string): boolean {
  return clauseEnd.test(text);
}
