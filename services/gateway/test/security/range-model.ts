/** A piece of a file, both ends included. */
export interface Slice {
  first: number;
  last: number;
}

/** What RFC 9110, section 14, makes of a `Range` header, for a file of some bytes. */
export type Asked =
  /** Not understood or not defined: it is as if it were not there. */
  | { kind: 'nothing' }
  /** Its end lies before its beginning: may be ignored, and may be refused. */
  | { kind: 'invalid' }
  | { kind: 'unsatisfiable' }
  | { kind: 'slices'; slices: Slice[]; isSingle: boolean };

interface Spec {
  first?: bigint;
  last?: bigint;
}

/** Said by means other than the product's: a grammar, and numbers without a limit. */
export function askedFor(header: string, bytes: number): Asked {
  const [, unit = '', set] = /^([!#$%&'*+.^_`|~\w-]+)=(.*)$/s.exec(header) ?? [];
  if (set === undefined || unit.toLowerCase() !== 'bytes') return { kind: 'nothing' };
  const elements = set.split(',').map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''));
  const specs = elements.filter((element) => element !== '').map(specOf);
  if (specs.length === 0 || specs.includes(null)) return { kind: 'nothing' };
  const known = specs.filter((spec) => spec !== null);
  if (known.some(({ first, last }) => first !== undefined && last !== undefined && last < first))
    return { kind: 'invalid' };
  // All of nothing, which no slice can say.
  if (bytes === 0 && known.some(({ first, last = 0n }) => first === undefined && last > 0n))
    return { kind: 'nothing' };
  const slices = known.map((spec) => sliceOf(spec, BigInt(bytes))).filter((slice) => slice !== null);
  if (slices.length === 0) return { kind: 'unsatisfiable' };
  return { kind: 'slices', slices, isSingle: known.length === 1 };
}

function specOf(element: string): Spec | null {
  const [, first, last] = /^([0-9]*)-([0-9]*)$/.exec(element) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  return {
    ...(first === '' ? {} : { first: BigInt(first) }),
    ...(last === '' ? {} : { last: BigInt(last) }),
  };
}

function sliceOf({ first, last }: Spec, bytes: bigint): Slice | null {
  const [from, to] =
    first === undefined
      ? [last === undefined || last > bytes ? 0n : bytes - last, bytes - 1n]
      : [first, last === undefined || last >= bytes ? bytes - 1n : last];
  return from > to ? null : { first: Number(from), last: Number(to) };
}
