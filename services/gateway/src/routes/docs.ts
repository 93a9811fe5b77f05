import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { PageFile } from '@clipscribe/web';
import { Router } from 'express';
import type { Document } from '../docs/document-parts.ts';
import { renderDocs } from '../docs/render-docs.ts';
import type { OpenApiDocument } from '../openapi/document.ts';
import { sendPageFile } from '../page/send-page-file.ts';

const css = readFileSync(new URL('../docs/docs.css', import.meta.url), 'utf8').trim();
const styleHash = createHash('sha256').update(css).digest('base64');

/** The page has no scripts and loads nothing; its one style sheet is the one that we wrote. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

/** `GET /openapi.json` describes the API to programs, `GET /docs` shows the same to people. */
export function docsRoutes(): Router {
  const document = once(async () => fileOf('application/json', JSON.stringify(await makeDocument())));
  // The document is ours: it has what the page reads of it.
  const page = once(async () =>
    fileOf('text/html', renderDocs((await makeDocument()) as unknown as Document, css)),
  );
  const router = Router();
  router.get('/openapi.json', async (req, res) => {
    const file = await document();
    res.set('Cache-Control', 'no-cache');
    sendPageFile(req, res, file);
  });
  router.get('/docs', async (req, res) => {
    const file = await page();
    res.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' });
    sendPageFile(req, res, file);
  });
  return router;
}

/** What makes it is loaded with it: many gateways are never asked, and all of them would start later by it. */
async function makeDocument(): Promise<OpenApiDocument> {
  const { openApiDocument } = await import('../openapi/document.ts');
  return openApiDocument();
}

/**
 * Made when somebody asks for the first time, once for all who ask meanwhile, and the same for everybody as long as the
 * process lives. After a failure the next one tries again.
 */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

async function fileOf(type: string, text: string): Promise<PageFile> {
  const identity = Buffer.from(text);
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(identity), promisify(gzip)(identity)]);
  return {
    tag: createHash('sha256').update(identity).digest('base64url'),
    contentType: `${type}; charset=utf-8`,
    bodies: { br, gzip: zipped, identity },
  };
}
