import fc from 'fast-check';
import { oddText } from '@clipscribe/runtime/testing';

/** A part of a form as it was meant: a file when it has a file name. */
export interface SentPart {
  field: string;
  file?: string;
  content: Uint8Array;
}

/** A form and how it is written. */
export interface SentForm {
  boundary: string;
  isQuoted: boolean;
  parts: SentPart[];
}

/** Of RFC 2046, section 5.1.1; the others are allowed as well, but need quotes. */
const TOKEN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+_-.'";
const QUOTED = '(),/:=? ';
const boundary = fc
  .string({ unit: fc.constantFrom(...Array.from(TOKEN + QUOTED)), minLength: 1, maxLength: 70 })
  .filter((text) => !text.endsWith(' ') && !text.startsWith(' '));

/** Line breaks are what no name can have here. */
export const partName = oddText(4).map((text) => text.replaceAll(/[\r\n\0]/g, '').toWellFormed());

/** What looks like the end of a part, and anything else. */
function content(delimiter: string): fc.Arbitrary<Uint8Array> {
  const nearly = fc.nat(delimiter.length).map((length) => delimiter.slice(0, length));
  const piece = fc.oneof(
    nearly,
    fc.constantFrom('\r', '\n', '\r\n', '--', '\r\n\r\n', '-'),
    fc.string({ maxLength: 6 }),
  );
  return fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(piece, { maxLength: 5 }).map((pieces) => new Uint8Array(Buffer.from(pieces.join(''), 'latin1'))),
  );
}

const shape = fc.record({ field: partName, file: partName, isFile: fc.boolean() });

/** Forms of all kinds that a client may send. */
export const form: fc.Arbitrary<SentForm> = boundary.chain((text) =>
  fc.record({
    boundary: fc.constant(text),
    isQuoted: Array.from(QUOTED).some((character) => text.includes(character))
      ? fc.constant(true)
      : fc.boolean(),
    parts: fc.array(fc.tuple(shape, content(`\r\n--${text}`)), { maxLength: 4 }).map((parts) =>
      parts
        // What has the delimiter in it would be another form.
        .filter(([, bytes]) => !`\r\n${Buffer.from(bytes).toString('latin1')}`.includes(`\r\n--${text}`))
        .map(([{ field, file, isFile }, bytes]) => ({ field, ...(isFile ? { file } : {}), content: bytes })),
    ),
  }),
);

export function contentType({ boundary: text, isQuoted }: Pick<SentForm, 'boundary' | 'isQuoted'>): string {
  return `multipart/form-data; boundary=${isQuoted ? `"${text}"` : text}`;
}

/** As curl puts a name in quotes. */
function quoted(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

export function formBytes({ boundary: text, parts }: Pick<SentForm, 'boundary' | 'parts'>): Buffer {
  const written = parts.flatMap(({ field, file, content: bytes }) => {
    const named = file === undefined ? '' : `; filename=${quoted(file)}\r\nContent-Type: video/mp4`;
    return [
      Buffer.from(`--${text}\r\nContent-Disposition: form-data; name=${quoted(field)}${named}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ];
  });
  return Buffer.concat([...written, Buffer.from(`--${text}--\r\n`)]);
}

/** How many bytes of it a reader must have seen to know that nothing is missing. */
export function neededBytes(whole: Buffer): number {
  return whole.length - 2;
}

/**
 * The contents of the parts in a body, cut at the delimiters and not read as a stream; null when the closing one is
 * missing.
 */
export function contentsIn(body: Buffer, text: string): Buffer[] | null {
  const [, ...pieces] = `\r\n${body.toString('latin1')}`.split(`\r\n--${text}`);
  const closing = pieces.findIndex((piece) => piece.startsWith('--'));
  if (closing < 0) return null;
  return pieces.slice(0, closing).map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    return Buffer.from(end < 0 ? '' : piece.slice(end + 4), 'latin1');
  });
}
