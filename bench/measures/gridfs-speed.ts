import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { filePart, type Client } from '../../e2e/support/client.ts';
import { BareGridfs, countBytes } from '../bare-gridfs.ts';
import { makeBlob } from '../blob.ts';
import { startStackGateway } from '../stack-gateway.ts';
import { median, type Measure } from './measure.ts';

const BLOB_BYTES = 500_000_000;
const ROUNDS = 5;

interface Rates {
  oursMBs: number[];
  bareMBs: number[];
}

/** Speed of uploads and of downloads, divided by that of the bare driver with the same file on the same server. */
export async function measureGridfsSpeed(folder: string): Promise<Measure[]> {
  const blob = await makeBlob(join(folder, 'blob'), BLOB_BYTES);
  const { client, filesUrl, stop } = await startStackGateway(join(folder, 'gridfs'));
  const bare = new BareGridfs(filesUrl);
  const up: Rates = { oursMBs: [], bareMBs: [] };
  const down: Rates = { oursMBs: [], bareMBs: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    await bareRound(bare, blob, { up, down });
    await ourRound(client, bare, blob, { up, down });
  }
  await bare.close();
  await stop();
  await rm(blob);
  return [
    measure('b', 'upload MB/s ÷ bare GridFSBucket write, 500 MB', up),
    measure('d', 'download MB/s ÷ bare GridFSBucket read, 500 MB', down),
  ];
}

async function bareRound(
  bare: BareGridfs,
  blob: string,
  { up, down }: Record<'up' | 'down', Rates>,
): Promise<void> {
  const written = await timed(() => bare.write(blob));
  up.bareMBs.push(written.rate);
  down.bareMBs.push((await timed(() => bare.read(written.result))).rate);
  await bare.remove(written.result);
}

async function ourRound(
  client: Client,
  bare: BareGridfs,
  blob: string,
  { up, down }: Record<'up' | 'down', Rates>,
): Promise<void> {
  const part = await filePart(blob, 'video.mp4');
  const uploaded = await timed(() => client.upload([part]));
  up.oursMBs.push(uploaded.rate);
  const jobId = uploaded.result[0]?.id ?? '';
  // Noise is no media, so nothing but the source is stored.
  await client.ended(jobId);
  const fileId = await bare.sourceOf(jobId);
  down.oursMBs.push((await timed(() => download(client, `/download?fid=${fileId}`))).rate);
  await client.fetch(`/jobs/${jobId}`, { method: 'DELETE' });
}

async function download({ url, token }: Client, path: string): Promise<void> {
  const req = request(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const answered = once(req, 'response');
  req.end();
  const [answer] = (await answered) as [IncomingMessage]; // what the event carries
  if ((await countBytes(answer)) !== BLOB_BYTES) throw new Error('not the whole file');
}

/** The result of the work, and at what rate (MB/s) it moved the blob. */
async function timed<T>(work: () => Promise<T>): Promise<{ result: T; rate: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, rate: BLOB_BYTES / 1e3 / (performance.now() - startedAt) };
}

function measure(id: string, what: string, rates: Rates): Measure {
  return {
    id,
    what,
    value: median(rates.oursMBs) / median(rates.bareMBs),
    unit: '×',
    limit: { kind: 'at least', value: 0.8 },
    details: { ...rates },
  };
}
