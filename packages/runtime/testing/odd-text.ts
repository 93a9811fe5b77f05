import fc from 'fast-check';

/** Characters that parsers, shells, paths and terminals make something of. */
const NOTABLE = [
  ...['\0', '\t', '\n', '\r', '\x1b', '\x7f', ' ', '"', "'", '\\', '/', '.', '..', '%', '%00', '%2f', '%ff'],
  ...[
    ',',
    ';',
    ':',
    '=',
    '&',
    '+',
    '-',
    '--',
    '<',
    '>',
    '[',
    ']',
    '{',
    '}',
    '@',
    '*',
    '?',
    '#',
    '$',
    '|',
    '^',
  ],
  ...['é', 'ü', 'İ', '日本', '🎬', '\u202e', '\u200b', '\u2028', '\ufeff', '\ud83d', '\udc00', '\u00a0'],
  ...['__proto__', 'constructor', 'null', 'true', 'NaN', '0', '1', '-1', '1e9', '9007199254740993'],
];

/** Text of all kinds, with what is notable much more often than by chance. `maxPieces`: some characters each. */
export function oddText(maxPieces = 12): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NOTABLE) },
    { weight: 3, arbitrary: fc.string({ maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  );
  return fc.array(piece, { maxLength: maxPieces }).map((pieces) => pieces.join(''));
}
