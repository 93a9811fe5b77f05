const MAX_BYTES = 200;

/** Names that Windows gives to devices, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name that a server proposes, made safe to write to: no path, nothing that steers a terminal, no hidden file, no
 * device, at most 200 bytes. `fallback` when nothing is left.
 */
export function safeName(proposed: string | undefined, fallback: string): string {
  const base = (proposed ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>:"|?*]/gu, '')
    .replace(/^[.\s-]+|[.\s]+$/g, '');
  if (clean === '' || DEVICE.test(clean)) return fallback;
  return shorten(clean);
}

function shorten(name: string): string {
  const ending = /\.[^.\s]{1,10}$/.exec(name)?.[0] ?? '';
  let stem = name.slice(0, name.length - ending.length);
  // No half of a pair of surrogates is left at the end.
  while (Buffer.byteLength(stem + ending) > MAX_BYTES) stem = stem.replace(/.$/su, '');
  return stem + ending;
}

/** The file name in a Content-Disposition header (RFC 6266): the extended form wins, as it can be any name. */
export function dispositionName(header: string | null): string | undefined {
  if (header === null) return undefined;
  const extended = /;\s*filename\*=UTF-8''([^;\s]+)/i.exec(header)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      // not well-formed: the plain form may be
    }
  }
  const quoted = /;\s*filename="((?:[^"\\]|\\.)*)"/i.exec(header)?.[1];
  return quoted?.replace(/\\(.)/g, '$1') ?? /;\s*filename=([^;\s"]+)/i.exec(header)?.[1];
}
