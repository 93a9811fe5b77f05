import type { Cluster } from './cluster.ts';
import type { PortForward } from './port-forward.ts';
import type { Session } from './session.ts';
import type { UploadPart } from '../support/client.ts';

/** What the steps after the installation work with. */
export interface Run {
  cluster: Cluster;
  /** The chart's folder. */
  chart: string;
  session: Session;
  gateway: PortForward;
  /** A short video with speech. */
  sample: () => Promise<UploadPart>;
  /** What was said in it. */
  spoken: string;
  /** What the first job gave; every other of the same video must give the same. */
  fingerprint: string;
}

/** Uploads the sample so many times. @returns the jobs' ids */
export async function submit({ session, sample }: Run, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await session.upload(await sample()));
  return ids;
}

/** Waits until all these jobs are over. @throws Error naming those that did not give what the first job gave */
export async function expectAllDone(
  { session, fingerprint }: Run,
  ids: readonly string[],
  limitMs?: number,
): Promise<void> {
  const wrong: string[] = [];
  for (const id of ids) {
    const job = await session.ended(id, limitMs);
    const isRight = job.state === 'succeeded' && (await session.fingerprint(id)) === fingerprint;
    if (!isRight) wrong.push(`${id} ${job.state} ${JSON.stringify(job.error ?? '')}`);
  }
  if (wrong.length > 0)
    throw new Error(`${String(wrong.length)} of ${String(ids.length)} went wrong: ${wrong.join('; ')}`);
}
