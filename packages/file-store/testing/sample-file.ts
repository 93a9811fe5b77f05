import { Readable } from 'node:stream';
import { newId } from '@clipscribe/contracts';
import type { FileMeta } from '../src/file-store.ts';

export function sampleMeta(changes: Partial<FileMeta> = {}): FileMeta {
  return {
    id: newId(),
    ownerId: newId(),
    jobId: newId(),
    kind: 'source',
    name: 'holiday.mp4',
    contentType: 'video/mp4',
    ...changes,
  };
}

/** Everything that a stream still has to give. */
export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // A file store's streams have no encoding set, so they give buffers.
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A source that gives `first`, and at the moment it is asked for more, does `then` instead. */
export function sourceThat(first: Buffer, then: (source: Readable) => void): Readable {
  let asked = 0;
  return new Readable({
    read() {
      asked += 1;
      if (asked === 1) this.push(first);
      if (asked === 2) then(this);
    },
  });
}
