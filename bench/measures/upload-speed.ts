import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { filePart } from '../../e2e/support/client.ts';
import { startGateway } from '../gateway-process.ts';
import { makeBlob } from '../blob.ts';
import { median, secondsOf, type Measure } from './measure.ts';

const BLOB_BYTES = 1_000_000_000;
const ROUNDS = 5;

/** (b) Speed of an upload, divided by that of a plain streamed copy with fsync to the same disk. */
export async function measureUploadSpeed(folder: string): Promise<Measure> {
  const blob = await makeBlob(join(folder, 'blob'), BLOB_BYTES);
  const gateway = await startGateway(join(folder, 'upload'));
  const megabytes = (await stat(blob)).size / 1e6;
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(megabytes / (await secondsOf(() => plainCopy(blob, join(folder, 'copy')))));
    await rm(join(folder, 'copy'));
    const part = await filePart(blob, 'video.mp4');
    let jobId = '';
    ours.push(
      megabytes /
        (await secondsOf(async () => {
          jobId = (await gateway.client.upload([part]))[0]?.id ?? '';
        })),
    );
    await gateway.client.fetch(`/jobs/${jobId}`, { method: 'DELETE' });
  }
  await gateway.stop();
  await rm(blob);
  return {
    id: 'b',
    what: 'upload MB/s ÷ streamed copy with fsync, 1 GB',
    value: median(ours) / median(bare),
    unit: '×',
    limit: { kind: 'at least', value: 0.7 },
    details: { oursMBs: ours, bareMBs: bare },
  };
}

async function plainCopy(from: string, to: string): Promise<void> {
  const target = await open(to, 'w');
  await pipeline(createReadStream(from), createWriteStream(to, { fd: target.fd, autoClose: false }));
  await target.sync();
  await target.close();
}
