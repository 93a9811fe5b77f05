const MAX_BYTES = 200;
const FALLBACK = 'video';

/**
 * A file name as sent by a client, made safe to keep and to put into headers and mails: the last part of a path,
 * without control and direction-changing characters, at most 200 bytes of UTF-8 with its ending kept.
 */
export function safeFileName(sent: string | undefined): string {
  const base = (sent ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = base.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '').trim();
  if (clean === '' || /^\.+$/.test(clean)) return FALLBACK;
  return shorten(clean);
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const ending = /\.[^.\s]{1,10}$/.exec(name)?.[0] ?? '';
  let stem = '';
  for (const character of name.slice(0, name.length - ending.length)) {
    if (Buffer.byteLength(stem + character + ending) > MAX_BYTES) break;
    stem += character;
  }
  return stem + ending;
}
