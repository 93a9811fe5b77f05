/** So many letters in a row have to agree after a difference, for it to be over. */
const AGREEMENT = 4;

/** How far a difference is followed, in letters, before as much is skipped on both sides. */
const REACH = 100;

/** The letters and digits of a text, in lower case: what a segment and its words agree on, if on anything. */
export function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Finds each letter of one text in another that is nearly the same: for every index of `written` the index in
 * `heard`, growing, or -1. Takes linear time: a difference is followed for a limited distance only.
 */
export function alignLetters(written: string, heard: string): Int32Array {
  const found = new Int32Array(written.length).fill(-1);
  let at = { written: 0, heard: 0 };
  while (at.written < written.length && at.heard < heard.length) {
    if (written[at.written] === heard[at.heard]) found[at.written++] = at.heard++;
    else at = afterDifference(written, heard, at);
  }
  return found;
}

interface Place {
  written: number;
  heard: number;
}

/** The nearest place from which on both agree again. */
function afterDifference(written: string, heard: string, from: Place): Place {
  for (let distance = 1; distance <= REACH; distance++) {
    for (let skipped = 0; skipped <= distance; skipped++) {
      const place = { written: from.written + skipped, heard: from.heard + distance - skipped };
      if (agree(written, heard, place)) return place;
    }
  }
  return { written: from.written + REACH, heard: from.heard + REACH };
}

function agree(written: string, heard: string, place: Place): boolean {
  const letters = written.slice(place.written, place.written + AGREEMENT);
  // The last letters of a text are too few to be sure of, unless it has no more.
  return letters.length === Math.min(AGREEMENT, written.length) && heard.startsWith(letters, place.heard);
}
