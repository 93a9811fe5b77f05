import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { expect, it } from '@jest/globals';
import { describeWorlds } from '../../support/matrix/describe-worlds.ts';
import { storedThings } from '../../support/promises/stored-things.ts';
import { soon } from '../../support/soon.ts';

describeWorlds('a client leaves', (world) => {
  const stored = (): Promise<Set<string>> => storedThings(world().processes.surroundings.urls.FILES_URL);

  it('client leaves mid-upload: aborted, nothing left, no crash', async () => {
    const { pid } = world().processes.of('gateway');
    const before = await stored();
    const upload = request(`${world().client.url}/upload`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world().client.token}`,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': 2 ** 30,
      },
    });
    upload.on('error', () => undefined);
    upload.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n');
    createReadStream(world().long.path).pipe(upload, { end: false });
    await soon(async () => (await stored()).size > before.size);
    upload.destroy();
    // Without the sweeper, which would not look at it for minutes.
    await soon(async () => (await stored()).size === before.size);
    await soon(async () => (await world().stores.jobs.staleIntents(0, 1)).length === 0);
    expect(world().processes.of('gateway').pid).toBe(pid);
    await world().upload();
    await world().kept();
  });

  it('client leaves mid-download: aborted, nothing left, no crash', async () => {
    const { pid } = world().processes.of('gateway');
    const { id } = await world().upload(world().long, { fields: { transcript: 'false' } });
    await world().client.ended(id);
    for (let times = 0; times < 20; times += 1) {
      const headers = { authorization: `Bearer ${world().client.token}` };
      const download = request(`${world().client.url}/jobs/${id}/audio`, { headers, agent: false });
      const answered = once(download, 'response');
      download.end();
      await answered;
      download.destroy();
    }
    expect((await world().client.fetch('/healthz')).status).toBe(200);
    expect(world().processes.of('gateway').pid).toBe(pid);
    await world().kept();
  });
});
