import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DefaultHttpStack, Upload, type UploadOptions } from 'tus-js-client';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { someBytes, TusBench } from './tus-bench.ts';

const MIB = 2 ** 20;

let auth: TestAuth;
let gateway: GatewayUnderTest;
let tus: TusBench;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth, { maxUploadBytes: 100 * MIB });
  tus = new TusBench(gateway, auth.ada);
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** The client with its own choice of everything but what a user has to say; connections end with the test. */
function options(more: UploadOptions): UploadOptions {
  return {
    endpoint: `${gateway.url}/uploads`,
    headers: { Authorization: `Bearer ${auth.ada.token}` },
    metadata: { filename: 'talk.mp4', filetype: 'video/mp4', language: 'en' },
    httpStack: new DefaultHttpStack({ agent: false }),
    retryDelays: [100, 500, 1500, 3000],
    ...more,
  };
}

/** Uploads, and gives the path of the upload. */
function upload(bytes: Buffer, more: UploadOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const running = new Upload(bytes, {
      ...options(more),
      onError: reject,
      onSuccess: () => {
        resolve(new URL(running.url ?? '').pathname);
      },
    });
    running.start();
  });
}

describe('tus-js-client', () => {
  const ways: [string, UploadOptions][] = [
    ['in one request', {}],
    ['in chunks', { chunkSize: MIB }],
    ['with the creation', { uploadDataDuringCreation: true }],
    ['with the creation, in chunks', { uploadDataDuringCreation: true, chunkSize: MIB }],
    ['with POST instead of PATCH', { overridePatchMethod: true, chunkSize: MIB }],
  ];
  it.each(ways)('uploads %s', async (_title, more) => {
    const bytes = someBytes(5 * MIB + 17);
    const path = await upload(bytes, more);
    expect((await tus.source(path)).equals(bytes)).toBe(true);
    expect(await tus.job(path)).toMatchObject({
      source: { name: 'talk.mp4', bytes: bytes.length },
      options: { language: 'en' },
    });
  });

  it('goes on where an upload was broken off', async () => {
    const bytes = someBytes(5 * MIB);
    const broken = await new Promise<string>((resolve, reject) => {
      const first = new Upload(bytes, {
        ...options({ chunkSize: MIB }),
        onError: reject,
        onChunkComplete: (_size, accepted) => {
          if (accepted < 2 * MIB) return;
          first.abort().then(() => {
            resolve(first.url ?? '');
          }, reject);
        },
      });
      first.start();
    });
    const sent: number[] = [];
    const path = await upload(bytes, {
      uploadUrl: broken,
      chunkSize: MIB,
      onBeforeRequest: (request) => {
        const offset = request.getHeader('Upload-Offset');
        if (request.getMethod() === 'PATCH' && offset !== undefined) sent.push(Number(offset));
      },
    });
    expect(sent[0]).toBeGreaterThanOrEqual(2 * MIB);
    expect((await tus.source(path)).equals(bytes)).toBe(true);
    expect(await gateway.jobs.list({ limit: 10 })).toHaveLength(1);
  });

  it('goes on by itself when the connection breaks', async () => {
    const bytes = someBytes(5 * MIB);
    let cuts = 2;
    gateway.faults.files.write = (meta, content, signal) => {
      if (cuts > 0) {
        cuts -= 1;
        content.once('data', () => {
          gateway.server.closeAllConnections();
        });
      }
      return gateway.files.write(meta, content, signal);
    };
    const path = await upload(bytes);
    expect(cuts).toBe(0);
    expect((await tus.source(path)).equals(bytes)).toBe(true);
  });

  it('terminates an upload', async () => {
    const url = await new Promise<string>((resolve, reject) => {
      const first = new Upload(someBytes(3 * MIB), {
        ...options({ chunkSize: MIB }),
        onError: reject,
        onChunkComplete: () => {
          first.abort(true).then(() => {
            resolve(first.url ?? '');
          }, reject);
        },
      });
      first.start();
    });
    expect((await tus.send('HEAD', new URL(url).pathname)).status).toBe(404);
    expect(await gateway.leftovers()).toMatchObject({ jobs: [], files: [] });
  });

  it('tells its user why an upload is refused', async () => {
    const metadata = { filename: 'a.mp4', language: 'klingon' };
    await expect(upload(someBytes(10), { metadata })).rejects.toThrow(/INVALID_OPTION/);
  });
});
