import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { problems } from '@clipscribe/contracts';
import { html, inline } from '../src/docs/html.ts';
import { openApiDocument } from '../src/openapi/document.ts';
import { startAuth, startGateway, type GatewayUnderTest, type TestAuth } from './gateway-harness.ts';

let auth: TestAuth;
let gateway: GatewayUnderTest;
let page: Response;
beforeAll(async () => {
  auth = await startAuth();
  gateway = await startGateway(auth);
  page = await gateway.client.get('/docs').set('Accept-Encoding', 'identity').expect(200);
});
afterAll(async () => {
  await gateway.close();
  await auth.close();
});

/** The ids that elements have. */
const ids = (): string[] => [...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);

/** What is said of each operation. */
function articles(): { method: string; path: string; text: string }[] {
  return [...page.text.matchAll(/<article .*?<\/article>/gs)].flatMap(([text]) => {
    const [, method, path] = /class="method">(\w+)<\/span> <code>([^<]+)/.exec(text) ?? [];
    return method === undefined || path === undefined ? [] : [{ method, path, text }];
  });
}

const calls = (): ReturnType<typeof articles> => articles().filter(({ path }) => path.startsWith('/'));

describe('/docs', () => {
  it('shows every operation, every code and every schema', () => {
    const { paths = {}, components } = openApiDocument();
    const items: object[] = Object.values(paths);
    const shown = items.flatMap((item) =>
      Object.entries(item as Record<string, { operationId: string }>)
        .filter(([method]) => method !== 'head' || !('get' in item))
        .map(([, { operationId }]) => operationId),
    );
    expect(ids()).toEqual(expect.arrayContaining(shown));
    expect(ids()).toEqual(expect.arrayContaining(Object.keys(problems).map((code) => `code-${code}`)));
    const schemas = Object.keys(components?.schemas ?? {}).map((name) => `schema-${name}`);
    expect(ids()).toEqual(expect.arrayContaining(schemas));
  });

  it('has each id once, and no link within it that leads nowhere', () => {
    expect(new Set(ids()).size).toBe(ids().length);
    const links = [...page.text.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id);
    expect(links.filter((id) => !ids().includes(id))).toEqual([]);
  });

  it('has for every call a command that asks for it', () => {
    expect(calls().length).toBeGreaterThan(40);
    for (const { method, path, text } of calls()) {
      const [, command = ''] = /<pre>(curl [^<]+)/.exec(text) ?? [];
      const given = / -X (\w+) /.exec(command)?.[1] ?? (command.includes(' -I ') ? 'HEAD' : undefined);
      const byBody = / (-d|-F|--data-binary) /.test(command) ? 'POST' : 'GET'; // as curl has it
      const asked = `${given ?? byBody} ${/\$URL(\/[^?&]*)/.exec(command)?.[1] ?? ''}`;
      expect(asked).toBe(`${method} ${path.replace(/\{\w+\}/g, (name) => name.slice(1, -1).toUpperCase())}`);
    }
  });

  it('says before the first of them where the address and the token come from', () => {
    const [, ...lines] = /<pre>(URL=\S+)\n(TOKEN=.*)<\/pre>.*<article /s.exec(page.text) ?? [];
    expect(lines).toEqual([
      expect.stringMatching(/^URL=http:/),
      expect.stringContaining("curl -s -X POST -u 'EMAIL:PASSWORD' &quot;$URL/login&quot;"),
    ]);
  });

  it('has none for what is sent to others, and says of nobody that he may', () => {
    const sent = articles().filter(({ path }) => !path.startsWith('/'));
    expect(sent.map(({ path }) => path)).toEqual(['jobEnded']);
    expect(sent[0]?.text).not.toMatch(/curl|For everybody/);
  });

  it('runs nothing and loads nothing', () => {
    expect(page.text).not.toMatch(
      /<script|<link|<img|<iframe|<form|@import|url\(|\son\w+=|\sstyle=|javascript:/i,
    );
    const [, css = ''] = /<style>(.*?)<\/style>/s.exec(page.text) ?? [];
    const hash = createHash('sha256').update(css).digest('base64');
    expect(page.headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  it('is small on the way', async () => {
    const { headers } = await gateway.client.head('/docs').set('Accept-Encoding', 'br').expect(200);
    expect(Number(headers['content-length'])).toBeLessThan(40_000);
  });

  it('leaves the policy of other routes as it is', async () => {
    const { headers } = await gateway.client.get('/openapi.json').expect(200);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  });
});

describe('html', () => {
  it('escapes what is no HTML', () => {
    expect(html`<a title="${'"<&>"'}">${['<b>', html`<i>${'&'}</i>`]}</a>`.text).toBe(
      '<a title="&quot;&lt;&amp;&gt;&quot;">&lt;b&gt;<i>&amp;</i></a>',
    );
    expect(inline('see `<a>` & more').text).toBe('see <code>&lt;a&gt;</code> &amp; more');
  });
});
