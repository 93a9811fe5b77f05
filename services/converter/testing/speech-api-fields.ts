import { languageCodes } from '@clipscribe/contracts';
import { Refusal } from './speech-api-refusal.ts';

/**
 * The models and the forms of answer that each offers: `model` and `response_format` of CreateTranscriptionRequest
 * in https://github.com/openai/openai-openapi.
 */
export const documentedModels: Readonly<Record<string, readonly string[]>> = {
  'whisper-1': ['json', 'text', 'srt', 'verbose_json', 'vtt'],
  'gpt-transcribe': ['json', 'text'],
  'gpt-4o-transcribe': ['json', 'text'],
  'gpt-4o-mini-transcribe': ['json', 'text'],
  'gpt-4o-mini-transcribe-2025-12-15': ['json', 'text'],
  'gpt-4o-transcribe-diarize': ['json', 'text', 'diarized_json'],
};

export type Fields = ReadonlyMap<string, readonly string[]>;

type Check = (value: string, fields: Fields) => boolean;

const oneOf =
  (...allowed: string[]): Check =>
  (value) =>
    allowed.includes(value);
const isDiarize = (fields: Fields): boolean => first(fields, 'model') === 'gpt-4o-transcribe-diarize';
const anyText: Check = () => true;

/** Whisper's own codes; the API takes the withdrawn code of Javanese as well. */
const knownLanguages = new Set([...languageCodes, 'jw']);

/** Every documented field but `file`, and what it may hold; names of lists end in brackets. */
const checks: Readonly<Record<string, Check>> = {
  model: anyText,
  language: (value) => knownLanguages.has(value),
  'languages[]': (value, fields) => first(fields, 'model') === 'gpt-transcribe' && knownLanguages.has(value),
  'keywords[]': (_, fields) => first(fields, 'model') === 'gpt-transcribe',
  prompt: (_, fields) => !isDiarize(fields),
  response_format: oneOf('json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'),
  temperature: (value) => /^(0(\.\d+)?|1(\.0+)?)$/.test(value),
  'include[]': (value, fields) =>
    value === 'logprobs' && (first(fields, 'response_format') ?? 'json') === 'json',
  'timestamp_granularities[]': (value, fields) =>
    ['word', 'segment'].includes(value) && first(fields, 'response_format') === 'verbose_json',
  stream: oneOf('false'),
  chunking_strategy: oneOf('auto'),
  'known_speaker_names[]': (_, fields) => isDiarize(fields),
  'known_speaker_references[]': (_, fields) => isDiarize(fields),
};

export function first(fields: Fields, name: string): string | undefined {
  return fields.get(name)?.[0];
}

/** @throws Refusal for what the documented API has not, or not for this model */
export function checkFields(fields: Fields, models: Readonly<Record<string, readonly string[]>>): void {
  for (const [name, values] of fields) checkField(name, values, fields);
  const model = first(fields, 'model');
  if (model === undefined || model === '')
    throw new Refusal(400, 'you must provide a model parameter', { param: 'model' });
  const formats = models[model];
  if (formats === undefined)
    throw new Refusal(404, `The model '${model}' does not exist`, { code: 'model_not_found' });
  const format = first(fields, 'response_format') ?? 'json';
  if (formats.includes(format)) return;
  const message = `response_format '${format}' is not compatible with model '${model}'. Use 'json' or 'text' instead.`;
  throw new Refusal(400, message, { param: 'response_format', code: 'unsupported_value' });
}

function checkField(name: string, values: readonly string[], fields: Fields): void {
  const check = checks[name];
  if (check === undefined) throw new Refusal(400, `Unrecognized request argument supplied: ${name}`);
  if (values.length > 1 && !name.endsWith('[]'))
    throw new Refusal(400, `Duplicate parameter: '${name}'.`, { param: name });
  for (const value of values) {
    if (!check(value, fields))
      throw new Refusal(400, `Invalid value for '${name}': '${value}'.`, {
        param: name,
        code: 'invalid_value',
      });
  }
}
