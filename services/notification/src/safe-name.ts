/**
 * Text as one line, without what could break it, forge a header or turn it around: control and format characters
 * (Unicode Cc and Cf, among them the bidirectional overrides), line separators, broken surrogates. White space,
 * line breaks included, becomes one space. The two joiners stay: emoji and Persian need them.
 */
export function cleanLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\ufffd]/gu, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** A file name as one clean line. */
export function cleanName(name: string): string {
  const cleaned = cleanLine(name);
  return cleaned === '' ? 'your video' : cleaned;
}

/** At most `max` characters (code points), the last one an ellipsis when something was left out. */
export function clip(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max
    ? text
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

/** 60 characters of at most 4 bytes stay below the 255 bytes that file systems allow. */
const MAX_STEM = 60;

/** The name to save a result under: that of the upload with another ending and without folders. */
export function downloadName(sourceName: string, extension: string): string {
  const base = cleanName(sourceName).replace(/[/\\]/g, '_');
  const stem = base.replace(/(?<=.)\.[^.]*$/, '');
  return `${Array.from(stem).slice(0, MAX_STEM).join('')}.${extension}`;
}

/** One word for a POSIX shell: nothing in it is expanded or ends the word. */
export function shellWord(text: string): string {
  if (/^[\w.+@-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
