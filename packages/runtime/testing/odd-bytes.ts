import fc from 'fast-check';

/** One change to bytes; places are parts of the length, so that they fit whatever they are applied to. */
type Damage =
  | { kind: 'cut'; at: number }
  | { kind: 'drop'; at: number; count: number }
  | { kind: 'put'; at: number; bytes: Uint8Array }
  | { kind: 'repeat'; at: number; count: number }
  | { kind: 'flip'; at: number; bits: number };

const at = fc.double({ min: 0, max: 1, noNaN: true });
const count = fc.integer({ min: 1, max: 40 });

/** How bytes may be damaged: cut off, pieces lost, doubled or put in, single bits. `pieces` are put in most often. */
export function damages(...pieces: string[]): fc.Arbitrary<Damage[]> {
  const bytes = fc.oneof(
    fc.constantFrom(...pieces).map((text) => new Uint8Array(Buffer.from(text, 'latin1'))),
    fc.uint8Array({ maxLength: 8 }),
  );
  const damage = fc.oneof<fc.Arbitrary<Damage>[]>(
    fc.record({ kind: fc.constant('cut'), at }),
    fc.record({ kind: fc.constant('drop'), at, count }),
    fc.record({ kind: fc.constant('put'), at, bytes }),
    fc.record({ kind: fc.constant('repeat'), at, count }),
    fc.record({ kind: fc.constant('flip'), at, bits: fc.integer({ min: 1, max: 255 }) }),
  );
  return fc.array(damage, { minLength: 1, maxLength: 3 });
}

/** The bytes after all that has been done to them. */
export function damaged(bytes: Uint8Array, done: readonly Damage[]): Buffer {
  return done.reduce<Buffer>((before, damage) => {
    const place = Math.floor(damage.at * before.length);
    const [head, tail] = [before.subarray(0, place), before.subarray(place)];
    switch (damage.kind) {
      case 'cut':
        return head;
      case 'drop':
        return Buffer.concat([head, tail.subarray(damage.count)]);
      case 'put':
        return Buffer.concat([head, damage.bytes, tail]);
      case 'repeat':
        return Buffer.concat([head, tail.subarray(0, damage.count), tail]);
      case 'flip':
        return Buffer.concat([head, tail.subarray(0, 1).map((byte) => byte ^ damage.bits), tail.subarray(1)]);
    }
  }, Buffer.from(bytes));
}

/** Where bytes are cut into the pieces in which they arrive, as parts of the length. */
export function cuts(maxPieces = 8): fc.Arbitrary<number[]> {
  return fc.array(at, { maxLength: maxPieces - 1 });
}

/** The bytes in pieces, none of them empty. */
export function cutInto(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [
    0,
    ...places.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b),
    bytes.length,
  ];
  return edges
    .slice(1)
    .map((edge, index) => bytes.subarray(edges[index], edge))
    .filter(({ length }) => length > 0);
}
