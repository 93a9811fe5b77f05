import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { pageOf, type PageFile } from '@clipscribe/web';

const file = (contentType: string, text: string): PageFile => {
  const identity = Buffer.from(text);
  const bodies = { identity, gzip: gzipSync(identity), br: brotliCompressSync(identity) };
  return { contentType, tag: createHash('sha256').update(identity).digest('hex'), bodies };
};

export const pageHtml = '<!doctype html><script type="module" src="/app/page.js"></script>';
export const pageScript = 'document.title = "a page";\n'.repeat(20);

/** A page of two files: what the gateway does with one does not depend on what is in it. */
export const testPage = pageOf(
  new Map([
    ['index.html', file('text/html; charset=utf-8', pageHtml)],
    ['page.js', file('text/javascript; charset=utf-8', pageScript)],
  ]),
);
