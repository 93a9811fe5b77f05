import { createHash } from 'node:crypto';
import { parse } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  transcriptFormatNames,
  transcriptFormats,
  transcriptSchema,
  type Job,
  type TranscriptFormat,
} from '@clipscribe/contracts';
import { FileMissingError, type ByteRange, type FileStore, type StoredFile } from '@clipscribe/file-store';
import { HttpProblem } from '@clipscribe/runtime';
import type { Content } from './send-content.ts';

type NamedFormat = TranscriptFormat & { name: string };

/** A stored file as it is. @throws HttpProblem NOT_FOUND when it has just been deleted */
export async function fileContent(files: FileStore, fileId: string): Promise<Content> {
  const file = await files.stat(fileId);
  if (file === null) throw noSuchFile();
  return asContent(files, file);
}

/** A format by its name. @throws HttpProblem UNKNOWN_FORMAT */
export function transcriptFormat(name: string): NamedFormat {
  const format = Object.hasOwn(transcriptFormats, name) ? transcriptFormats[name] : undefined;
  if (format !== undefined) return { ...format, name };
  throw new HttpProblem('UNKNOWN_FORMAT', `Use one of: ${transcriptFormatNames.join(', ')}.`);
}

/** The transcript in one of the formats, rendered from its canonical form. */
export async function transcriptContent(
  files: FileStore,
  job: Job,
  fileId: string,
  format: NamedFormat,
): Promise<Content> {
  const file = await files.stat(fileId);
  if (file === null) throw noSuchFile();
  const transcript = transcriptSchema.safeParse(JSON.parse(await text(await openFile(files, fileId))));
  // As a ZodError it would tell the caller to mend the request.
  if (!transcript.success) throw new Error(`transcript ${fileId} is damaged`, { cause: transcript.error });
  const body = Buffer.from(format.render(transcript.data));
  return {
    bytes: body.length,
    tag: createHash('sha256').update(body).digest('hex'),
    contentType: format.contentType,
    name: `${parse(job.source.name).name}.${format.name}`,
    modifiedAt: file.createdAt,
    open: (range) =>
      Promise.resolve(
        Readable.from([range === undefined ? body : body.subarray(range.start, range.end + 1)]),
      ),
  };
}

function asContent(files: FileStore, file: StoredFile): Content {
  return {
    bytes: file.bytes,
    tag: file.sha256,
    contentType: file.contentType,
    name: file.name,
    modifiedAt: file.createdAt,
    open: (range) => openFile(files, file.id, range),
  };
}

async function openFile(files: FileStore, id: string, range?: ByteRange): Promise<Readable> {
  try {
    return await files.read(id, range);
  } catch (error) {
    throw error instanceof FileMissingError ? noSuchFile() : error;
  }
}

export function noSuchFile(): HttpProblem {
  return new HttpProblem(
    'NOT_FOUND',
    'You have no file with this id. GET /jobs lists your jobs with their files.',
  );
}
