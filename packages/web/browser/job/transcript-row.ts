import { clock } from '../state/words.ts';
import type { Sentence } from './align-words.ts';

/**
 * A sentence as an element: its time, and its words with a text node between each two of them.
 * @param language that is spoken, for those who hear it read; empty when it is not known
 */
export function rowOf({ start, words, isUnsure }: Sentence, language: string): HTMLElement {
  const row = document.createElement('p');
  row.className = isUnsure ? 'sentence is-unsure' : 'sentence';
  row.tabIndex = -1;
  if (isUnsure) row.title = 'The speech engine was not sure of this.';
  const at = document.createElement('span');
  at.className = 'at';
  at.textContent = clock(start);
  const text = document.createElement('span');
  text.className = 'said';
  text.dir = 'auto';
  if (language !== '') text.lang = language;
  for (const [index, word] of words.entries()) {
    if (index > 0) text.append(' ');
    const span = document.createElement('span');
    span.textContent = word.text;
    text.append(span);
  }
  row.append(at, ' ', text);
  return row;
}
