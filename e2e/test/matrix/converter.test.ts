import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describeWorlds } from '../../support/matrix/describe-worlds.ts';
import { withTinyDisk } from '../../support/matrix/tiny-disk.ts';

describeWorlds('the converter killed, or without room', (world) => {
  const options = { fields: { transcript: 'false' } };

  /** The stage, on the way of one upload; the job ends as if nothing had been. */
  async function diesAt(stage: string): Promise<void> {
    await world().dies('converter', stage, () => world().upload(world().long, options));
    await world().kept();
  }

  it('converter killed while downloading', () => diesAt('files.copyTo:during'));

  it('converter killed in ffmpeg', () => diesAt('media.toMp3:during'));

  it('converter killed storing', () => diesAt('files.write:during@audio'));

  it('converter killed when the MP3 is stored and not yet part of the job', () =>
    diesAt('files.write:after@audio'));

  it('converter killed when the job has ended, before its last message', () =>
    diesAt('queue.publish:before@mp3'));

  it('converter killed before ack', () => diesAt('queue.handle:after@video'));

  it('temp space full (a 1 MB tmpfs): transient, reason says so', async () => {
    const folder = join(world().folder, 'tiny');
    await withTinyDisk(folder, async () => {
      await world().restart('converter', { env: { TEMP_DIR: folder } });
      const { id } = await world().upload(world().long, options);
      const { retryAt, error, updatedAt } = await world().storedUntil(id, ({ attempts }) => attempts === 1);
      expect(error).toMatchObject({ code: 'STORAGE_FULL', reason: expect.stringContaining('no space') });
      expect(retryAt).toBeGreaterThan(updatedAt);
      expect(await world().client.job(id)).toMatchObject({
        state: 'queued',
        error: { code: 'STORAGE_FULL' },
      });
      await world().restart('converter');
    });
    await world().letTimePass();
    await world().kept();
  });
});
