import { z } from 'zod';
import { languageCodes, languages } from './languages.ts';

/** Other names that people and engines use; those of Whisper's own table, and the subtags that differ from ISO 639-1. */
const aliases: Readonly<Record<string, string>> = {
  burmese: 'my',
  castilian: 'es',
  farsi: 'fa',
  filipino: 'tl',
  flemish: 'nl',
  haitian: 'ht',
  letzeburgesch: 'lb',
  mandarin: 'zh',
  moldavian: 'ro',
  moldovan: 'ro',
  panjabi: 'pa',
  pushto: 'ps',
  sinhalese: 'si',
  valencian: 'ca',
  fil: 'tl',
  nb: 'no',
  'zh-yue': 'yue',
};

const byName: ReadonlyMap<string, string> = new Map([
  ...Object.entries(languages).map(([code, name]) => [name.toLowerCase(), code] as const),
  ...Object.entries(aliases),
]);

const known: ReadonlySet<string> = new Set(languageCodes);

/**
 * The code in `languages` that a text means without doubt, or null: `en`, `EN`, `en-US` and `en_GB` (the region does
 * not matter to an engine), `eng` and other three-letter codes (ISO 639-2 and 639-3), `English`.
 */
export function parseLanguage(text: string): string | null {
  const wanted = text.trim().toLowerCase().replaceAll('_', '-');
  const named = byName.get(wanted);
  if (named !== undefined) return named;
  // The form of a language tag with region, script or variant: RFC 5646, section 2.1.
  const primary = /^([a-z]{2,3})(-[a-z0-9]{2,8})*$/.exec(wanted)?.[1];
  return primary === undefined ? null : fromSubtag(primary);
}

function fromSubtag(subtag: string): string | null {
  if (known.has(subtag)) return subtag;
  // Unicode knows which two-letter code stands for a longer or older one: eng → en, ger → de, iw → he.
  const canonical = new Intl.Locale(subtag).language;
  const code = aliases[subtag] ?? aliases[canonical] ?? canonical;
  return known.has(code) ? code : null;
}

/** A language as its owner may write it; the value is its code. */
export const languageSchema = z.preprocess(
  (value) => (typeof value === 'string' ? (parseLanguage(value) ?? value) : value),
  z.string().refine((code) => known.has(code), {
    error: `must be a language code such as en, one of ${languageCodes.join(', ')}`,
  }),
);
