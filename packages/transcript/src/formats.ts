import type { Transcript } from '@clipscribe/contracts';
import { renderJson } from './render-json.ts';
import { renderSrt, renderVtt } from './render-subtitles.ts';
import { renderText, renderTsv } from './render-text.ts';

/** A form in which transcripts are downloaded. All are UTF-8, without a byte order mark. */
export interface TranscriptFormat {
  /** Media type, to be asked for with `Accept`. SubRip has no registered one; this is what players look for. */
  contentType: string;
  /** The file, piece by piece, so that whoever writes it can do something else in between. */
  render: (transcript: Transcript) => Iterable<string>;
}

/**
 * The download formats by their names, which are the extensions of the files too. A new one is a line here. The first
 * is what everybody gets who does not ask for one. Of a recording without speech there is a file too: nothing at all
 * in txt and srt, the header in vtt and tsv, no segments in json.
 */
export const transcriptFormats = {
  txt: { contentType: 'text/plain', render: renderText },
  srt: { contentType: 'application/x-subrip', render: renderSrt },
  vtt: { contentType: 'text/vtt', render: renderVtt },
  json: { contentType: 'application/json', render: renderJson },
  tsv: { contentType: 'text/tab-separated-values', render: renderTsv },
} as const satisfies Record<string, TranscriptFormat>;

export type TranscriptFormatName = keyof typeof transcriptFormats;

// Object.keys gives the keys of this very table, in its order.
export const transcriptFormatNames = Object.keys(transcriptFormats) as readonly TranscriptFormatName[];

export function isTranscriptFormat(name: string): name is TranscriptFormatName {
  return Object.hasOwn(transcriptFormats, name);
}
