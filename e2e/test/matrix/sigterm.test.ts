import { expect, it } from '@jest/globals';
import type { ServerProcess } from '@clipscribe/private-servers';
import { describeWorldOnServers } from '../../support/matrix/describe-worlds.ts';
import { mediaProcesses } from '../../support/promises/media-processes.ts';
import { soon } from '../../support/soon.ts';

/** What a pod is given before it is killed, and some seconds for a slow machine. */
const GRACE_MS = 30_000;

describeWorldOnServers('SIGTERM', (world) => {
  const options = { fields: { transcript: 'false' } };
  const converter = (): ServerProcess => world().processes.of('converter');

  async function stop(): Promise<number | null> {
    const ended = converter().ended();
    await converter().signal('SIGTERM');
    return ended;
  }

  /** The ffmpeg that is at work, brought to a standstill, as with a recording that takes an hour. */
  async function freezeFfmpeg(): Promise<number> {
    let pid: number | undefined;
    await soon(() => Promise.resolve((pid = ffmpegPid(world().folder)) !== undefined));
    process.kill(pid ?? 0, 'SIGSTOP');
    return pid ?? 0;
  }

  it('SIGTERM during a conversion: finished, when that takes less than 25 s', async () => {
    const { id } = await world().upload(world().long, options);
    await world().storedUntil(id, ({ state }) => state === 'converting');
    expect(await stop()).toBe(0);
    expect(await world().stored(id)).toMatchObject({ state: 'succeeded', run: 1 });
    await converter().start();
    await world().kept();
  });

  it('SIGTERM during a conversion that takes longer: killed and given back, and the attempt is not counted', async () => {
    const { id } = await world().upload(world().long, options);
    const pid = await freezeFfmpeg();
    const before = performance.now();
    expect(await stop()).toBe(0);
    expect(performance.now() - before).toBeLessThan(GRACE_MS);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    const job = await world().stored(id);
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    expect(job.lease).toBeUndefined();
    await converter().start();
    await world().kept();
  });

  it('SIGTERM twice: ended at once', async () => {
    await world().upload(world().long, options);
    await freezeFfmpeg();
    const ended = converter().ended();
    process.kill(converter().pid, 'SIGTERM');
    process.kill(converter().pid, 'SIGINT');
    expect(await ended).toBe(130);
    await world().heal('converter');
    await world().kept();
  });
});

function ffmpegPid(folder: string): number | undefined {
  return mediaProcesses(folder).find(({ line }) => /^\S*ffmpeg /.test(line))?.id;
}
