import { createHash } from 'node:crypto';
import { parse } from 'node:path';
import { Readable } from 'node:stream';
import { arrayBuffer } from 'node:stream/consumers';
import type { Job } from '@clipscribe/contracts';
import type { FileStore } from '@clipscribe/file-store';
import type { TranscriptFormatName } from '@clipscribe/transcript';
import { noSuchFile, openFile } from './job-content.ts';
import { renderInThread } from './render-in-thread.ts';
import { renderTranscript } from './render-transcript.ts';
import type { Content } from './send-content.ts';
import { contentTypeOf } from './transcript-format.ts';
import { Turns } from './turns.ts';

/** Half an hour of speech with the times of its words, rendered within some 20 ms. */
const SMALL_BYTES = 2 ** 19;

/** Larger ones are rendered in a thread, and one after the other: memory does not grow with the number of requests. */
const turns = new Turns();

/** The transcript in one of the formats, rendered from its canonical form. */
export async function transcriptContent(
  files: FileStore,
  job: Job,
  fileId: string,
  format: TranscriptFormatName,
): Promise<Content> {
  const file = await files.stat(fileId);
  if (file === null) throw noSuchFile();
  const json = await arrayBuffer(await openFile(files, fileId));
  const body =
    json.byteLength <= SMALL_BYTES
      ? renderTranscript(json, format)
      : await turns.take(() => renderInThread({ json, format }));
  return {
    bytes: body.length,
    tag: createHash('sha256').update(body).digest('hex'),
    contentType: contentTypeOf(format),
    name: `${parse(job.source.name).name}.${format}`,
    modifiedAt: file.createdAt,
    open: (range) =>
      Promise.resolve(
        Readable.from([range === undefined ? body : body.subarray(range.start, range.end + 1)]),
      ),
  };
}
