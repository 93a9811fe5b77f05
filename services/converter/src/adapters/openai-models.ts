/**
 * What can be asked of a model, the most telling first: `words` is verbose_json with the times of segments and words,
 * `segments` verbose_json without those of words, `speakers` diarized_json, `text` json, which has no times at all.
 */
export type Detail = 'words' | 'segments' | 'speakers' | 'text';

export interface ModelOffer {
  details: readonly [Detail, ...Detail[]];
  takesPrompt: boolean;
}

/**
 * By the name of the model; the first match counts. From the description of `response_format` and `prompt` of
 * CreateTranscriptionRequest in https://github.com/openai/openai-openapi. Compatible servers take all formats or
 * refuse what they do not know, so an unknown name is tried as Whisper.
 */
const offers: readonly { names: RegExp; offer: ModelOffer }[] = [
  {
    names: /(^|\/)gpt-4o-transcribe-diarize/,
    offer: { details: ['speakers', 'text'], takesPrompt: false },
  },
  { names: /(^|\/)gpt-/, offer: { details: ['text'], takesPrompt: true } },
  { names: /./, offer: { details: ['words', 'segments', 'text'], takesPrompt: true } },
];

/** @throws RangeError for an empty name */
export function offerOf(model: string): ModelOffer {
  const found = offers.find(({ names }) => names.test(model));
  if (found === undefined) throw new RangeError('a model has a name');
  return found.offer;
}
