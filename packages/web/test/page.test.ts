import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadPage, type Page } from '@clipscribe/web';
import { ensurePage } from '@clipscribe/web/build';

describe('the built page', () => {
  let page: Page;
  beforeAll(async () => {
    await ensurePage();
    const loaded = await loadPage();
    if (loaded === null) throw new Error('it was not built');
    page = loaded;
  });

  it('is not built again as long as its sources are the same', async () => {
    expect(await ensurePage()).toBe(false);
  });

  it('names each of its files, and has nothing inline', () => {
    const html = page.html.bodies.identity.toString();
    for (const name of page.assets.keys()) expect(html).toContain(`/app/${name}`);
    expect(page.assets.size).toBe(3);
    expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=|https?:/);
  });

  it('has the same content in all forms, under a name with its hash', () => {
    for (const [name, { tag, bodies }] of page.assets) {
      expect(gunzipSync(bodies.gzip)).toEqual(bodies.identity);
      expect(brotliDecompressSync(bodies.br)).toEqual(bodies.identity);
      expect(createHash('sha256').update(bodies.identity).digest('hex')).toBe(tag);
      expect(name).toContain(tag.slice(0, 12));
    }
  });

  it('is small', () => {
    const bytes = [page.html, ...page.assets.values()].reduce(
      (sum, { bodies }) => sum + bodies.gzip.length,
      0,
    );
    expect(bytes).toBeLessThan(60_000);
  });
});

describe('loadPage', () => {
  it('is null where nothing was built', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'no-page-'));
    expect(await loadPage(folder)).toBeNull();
    await rm(folder, { recursive: true });
  });
});
