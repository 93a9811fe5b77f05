import { uploadOptionsSchema, type UploadOptions } from '@clipscribe/contracts';
import { HttpProblem } from '@clipscribe/runtime';
import { safeFileName } from '../upload/file-name.ts';
import { OptionFields } from '../upload/option-fields.ts';

/** Room for every option at its longest, in any script, as base64. */
const MAX_BYTES = 8000;

/** What clients send by themselves and what says nothing to us: the content tells what a file is. */
const ignored: readonly string[] = ['filetype', 'name', 'type', 'relativePath'];

export interface UploadMetadata {
  name: string;
  options: UploadOptions;
}

/**
 * The file name and the options in an `Upload-Metadata` header: the same as the fields of `POST /upload`.
 * @throws HttpProblem INVALID_METADATA, INVALID_OPTION
 */
export function readMetadata(header: string | undefined): UploadMetadata {
  const pairs = parseMetadata(header ?? '');
  const fields = new OptionFields(uploadOptionsSchema);
  for (const [key, value] of pairs) {
    if (key !== 'filename' && !ignored.includes(key)) fields.add(key, value);
  }
  return { name: safeFileName(pairs.get('filename')), options: fields.options() };
}

/** Comma-separated pairs of a key and a base64 value, or a key alone: tus 1.0.0, Upload-Metadata. */
function parseMetadata(header: string): Map<string, string> {
  if (header.length > MAX_BYTES) throw invalid(`must have at most ${String(MAX_BYTES)} bytes`);
  const pairs = new Map<string, string>();
  if (header.trim() === '') return pairs;
  for (const pair of header.split(',')) {
    const [, key, value = ''] =
      /^ *([\x21-\x2b\x2d-\x7e]{1,100})(?: ([A-Za-z0-9+/]*={0,2}))? *$/.exec(pair) ?? [];
    if (key === undefined)
      throw invalid('must be pairs such as "filename dGFsay5tcDQ=", separated by commas');
    if (pairs.has(key)) throw invalid(`has the key "${key.slice(0, 50)}" twice`);
    pairs.set(key, decode(key, value));
  }
  return pairs;
}

function decode(key: string, value: string): string {
  const bytes = Buffer.from(value, 'base64');
  try {
    if (value.length % 4 !== 0) throw new TypeError('not padded');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(`has a value for "${key.slice(0, 50)}" that is not UTF-8 text as base64`);
  }
}

function invalid(what: string): HttpProblem {
  return new HttpProblem('INVALID_METADATA', `Upload-Metadata ${what}.`);
}
