import { bytes } from '../state/words.ts';

/** Endings that people give to recordings; browsers do not know the media type of all of them. */
const recordings = new Set(
  `3g2 3gp aac aif aiff amr asf avi caf divx dv f4v flac flv m2ts m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpe mpeg mpg
   mts mxf oga ogg ogm ogv opus qt rm rmvb ts vob wav webm wma wmv wv`.split(/\s+/),
);

/** How files begin that are no recordings, whatever they are called. */
const beginnings: readonly [number[], string][] = [
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
  [[0x89, 0x50, 0x4e, 0x47], 'a picture'],
  [[0xff, 0xd8, 0xff], 'a picture'],
  [[0x47, 0x49, 0x46, 0x38], 'a picture'],
  [[0x50, 0x4b, 0x03, 0x04], 'an archive or a document'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'an archive'],
  [[0x1f, 0x8b], 'an archive'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program'],
  [[0x4d, 0x5a], 'a program'],
];

const kinds: readonly [RegExp, string][] = [
  [/^image\//, 'a picture'],
  [/^text\//, 'a text'],
  [/pdf$/, 'a PDF'],
  [/zip|compressed|tar/, 'an archive'],
  [/officedocument|msword|opendocument|rtf/, 'a document'],
];

/** What is looked at of a file before it is uploaded. */
export interface Candidate {
  name: string;
  size: number;
  type: string;
  /** Its first bytes; null when it cannot be read. */
  head: Uint8Array | null;
}

/**
 * Why it makes no sense to upload this file, as a sentence, or undefined. Only what is certain is refused; the rest is
 * for the server to find out.
 * @param most bytes of one upload; undefined while that is not known
 */
export function refuseFile(
  { name, size, type, head }: Candidate,
  most: number | undefined,
): string | undefined {
  if (head === null)
    return 'This is a folder, or a file that cannot be read. Choose the recordings themselves.';
  if (size === 0) return 'The file is empty.';
  if (most !== undefined && size > most)
    return `The file has ${bytes(size)}; this server takes at most ${bytes(most)}.`;
  const begins = beginnings.find(([magic]) => magic.every((byte, at) => head[at] === byte))?.[1];
  if (begins !== undefined) return isNo(begins);
  const ending = name.includes('.') ? (name.split('.').pop()?.toLowerCase() ?? '') : '';
  if (/^(video|audio)\//.test(type) || recordings.has(ending)) return undefined;
  const kind = kinds.find(([pattern]) => pattern.test(type))?.[1];
  if (kind !== undefined) return isNo(kind);
  return ending === '' ? undefined : `Files that end in .${ending} are neither video nor sound.`;
}

function isNo(kind: string): string {
  return `This is ${kind}, neither video nor sound.`;
}

/** Reads what `refuseFile` looks at. A folder, which browsers hand out as a file, cannot be read. */
export async function candidate(file: File): Promise<Candidate> {
  const { name, size, type } = file;
  const head = await file
    .slice(0, 16)
    .arrayBuffer()
    .then((buffer) => new Uint8Array(buffer))
    .catch(() => null);
  return { name, size, type, head };
}
