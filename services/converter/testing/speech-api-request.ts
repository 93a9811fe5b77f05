import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { extname } from 'node:path';
import { parseBuffer } from 'music-metadata';
import { checkFields, first, type Fields } from './speech-api-fields.ts';
import { Refusal } from './speech-api-refusal.ts';

/** One request for a transcription, as the server understood it. */
export interface ReceivedSpeech {
  key: string;
  model: string;
  responseFormat: string;
  timestampGranularities: string[];
  language: string | undefined;
  prompt: string | undefined;
  temperature: number | undefined;
  fileName: string;
  contentType: string;
  bytes: number;
  sha256: string;
  durationSeconds: number;
  /** Names of all form fields, in the order they came. */
  fields: string[];
}

const PATH = '/v1/audio/transcriptions';

/** "File uploads are currently limited to 25 MB": https://platform.openai.com/docs/guides/speech-to-text. */
const MAX_BYTES = 25 * 2 ** 20;

/** As the API lists them when it is given another one. */
const extensions = ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm'];

/** The API refuses what is shorter. */
const MIN_SECONDS = 0.1;

/** @throws Refusal as the real service refuses, so that a client that asks wrongly fails in its test */
export async function readSpeechRequest(
  request: IncomingMessage,
  accepts: { keys: ReadonlySet<string>; models: Readonly<Record<string, readonly string[]>> },
): Promise<{ speech: ReceivedSpeech; audio: Buffer }> {
  const body = await readBody(request);
  if (request.url !== PATH)
    throw new Refusal(404, `Invalid URL (${String(request.method)} ${String(request.url)})`);
  if (request.method !== 'POST')
    throw new Refusal(405, 'Not allowed to use this method', { code: 'method_not_allowed' });
  const key = checkKey(request.headers.authorization, accepts.keys);
  const form = await readForm(request.headers['content-type'] ?? '', body);
  const file = form.getAll('file');
  const fields = fieldsOf(form);
  checkFields(fields, accepts.models);
  const [upload] = file;
  if (!(upload instanceof File) || file.length > 1)
    throw new Refusal(400, 'you must provide one file parameter', { param: 'file' });
  const audio = Buffer.from(await upload.arrayBuffer());
  const durationSeconds = await measure(upload, audio);
  return {
    audio,
    speech: { key, ...describe(form, fields), ...describeFile(upload, audio), durationSeconds },
  };
}

function checkKey(authorization: string | undefined, keys: ReadonlySet<string>): string {
  const key = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (key === undefined) throw new Refusal(401, "You didn't provide an API key.");
  if (!keys.has(key)) throw new Refusal(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
  return key;
}

/** Reads on beyond the limit, so that the sender gets to hear of it. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // A message without an encoding set gives buffers.
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= MAX_BYTES) pieces.push(piece);
  }
  if (bytes > MAX_BYTES)
    throw new Refusal(413, `Maximum content size limit (${MAX_BYTES}) exceeded (${bytes} bytes read)`);
  return Buffer.concat(pieces);
}

async function readForm(contentType: string, body: Buffer): Promise<FormData> {
  const headers = { 'content-type': contentType };
  const parts = new Request('http://localhost', { method: 'POST', headers, body });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- only unfit for bodies of strangers, which are not held in memory
    return await parts.formData();
  } catch {
    throw new Refusal(400, 'Could not parse multipart form');
  }
}

/** @throws Refusal for a field that holds a file in the place of a text */
function fieldsOf(form: FormData): Fields {
  const fields = new Map<string, string[]>();
  for (const [name, value] of form) {
    if (name === 'file') continue;
    if (typeof value !== 'string') throw new Refusal(400, `Invalid type for '${name}'.`, { param: name });
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return fields;
}

async function measure({ name, type }: File, audio: Buffer): Promise<number> {
  if (!extensions.includes(extname(name).slice(1))) {
    const listed = extensions.map((extension) => `'${extension}'`).join(', ');
    throw new Refusal(400, `Invalid file format. Supported formats: [${listed}]`);
  }
  const metadata = await parseBuffer(audio, { mimeType: type }, { duration: true }).catch(() => null);
  const seconds = metadata?.format.duration;
  if (seconds === undefined)
    throw new Refusal(400, 'The audio file could not be decoded or its format is not supported.', {
      param: 'file',
    });
  if (seconds < MIN_SECONDS)
    throw new Refusal(400, 'Audio file is too short. Minimum audio length is 0.1 seconds.', {
      ...{ param: 'file', code: 'audio_too_short' },
    });
  return seconds;
}

function describe(
  form: FormData,
  fields: Fields,
): Pick<
  ReceivedSpeech,
  'model' | 'responseFormat' | 'timestampGranularities' | 'language' | 'prompt' | 'temperature' | 'fields'
> {
  const temperature = first(fields, 'temperature');
  return {
    model: first(fields, 'model') ?? '',
    responseFormat: first(fields, 'response_format') ?? 'json',
    timestampGranularities: [...(fields.get('timestamp_granularities[]') ?? [])],
    language: first(fields, 'language'),
    prompt: first(fields, 'prompt'),
    temperature: temperature === undefined ? undefined : Number(temperature),
    fields: [...form.keys()],
  };
}

function describeFile(
  file: File,
  audio: Buffer,
): Pick<ReceivedSpeech, 'fileName' | 'contentType' | 'bytes' | 'sha256'> {
  const sha256 = createHash('sha256').update(audio).digest('hex');
  return { fileName: file.name, contentType: file.type, bytes: audio.length, sha256 };
}
