import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';
import { expectProblem } from './problem.ts';
import { pageHtml, pageScript } from './test-page.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** As Chromium sends it when somebody opens an address. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

describe('/', () => {
  it('is the page for browsers', async () => {
    const answer = await gateway.client.get('/').set('Accept', BROWSER).expect(200, pageHtml);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'Accept, Accept-Encoding',
    });
  });

  it.each(['*/*', 'application/json', 'text/plain', ''])('stays a text for Accept: %s', async (accept) => {
    const answer = await gateway.client.get('/').set('Accept', accept).expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toContain('POST /login');
  });

  it('lets the page do nothing but load its own files and ask its own gateway', async () => {
    const { headers } = await gateway.client.get('/').set('Accept', BROWSER).expect(200);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|sandbox|http|\*/);
  });

  it('is not sent again as long as it is the same', async () => {
    const { headers } = await gateway.client.get('/').set('Accept', BROWSER).expect(200);
    const again = { Accept: BROWSER, 'If-None-Match': String(headers['etag']) };
    await gateway.client.get('/').set(again).expect(304);
  });
});

describe('/app/FILE', () => {
  it.each([
    ['br', 'gzip, deflate, br, zstd'],
    ['gzip', 'gzip'],
    [undefined, 'identity'],
  ])('is sent as %s to those who take %s', async (encoding, accepted) => {
    const answer = await gateway.client.get('/app/page.js').set('Accept-Encoding', accepted).expect(200);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    if (encoding !== 'br') expect(answer.text).toBe(pageScript);
    else expect(Number(answer.headers['content-length'])).toBeLessThan(pageScript.length / 2);
  });

  it('has an ETag for each form', async () => {
    const tag = async (accepted: string): Promise<string | undefined> =>
      (await gateway.client.head('/app/page.js').set('Accept-Encoding', accepted).expect(200)).headers[
        'etag'
      ];
    expect(await tag('gzip')).not.toBe(await tag('identity'));
  });

  it.each(['/app/nothing.js', '/app/..%2f..%2fpackage.json', '/app/__proto__'])(
    '%s is not there',
    async (path) => {
      expectProblem(await gateway.client.get(path), 'NOT_FOUND');
    },
  );

  it('takes no other method', async () => {
    expectProblem(await gateway.client.post('/app/page.js'), 'METHOD_NOT_ALLOWED');
  });
});
