import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the order in which they are preferred, as HTTP names them; `identity` is the file as it is. */
export const encodings = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof encodings)[number];

/** One file of the page in all its forms, held in memory: all of them together are well below a megabyte. */
export interface PageFile {
  contentType: string;
  /** SHA-256 of the file as it is. */
  tag: string;
  bodies: Readonly<Record<Encoding, Buffer>>;
}

/** The page as it is served. */
export interface Page {
  html: PageFile;
  /** By name; the names carry a hash of the content, so that what is behind one never changes. */
  assets: ReadonlyMap<string, PageFile>;
}

interface Manifest {
  assets: { name: string; tag: string; contentType: string }[];
}

const built = fileURLToPath(new URL('../dist', import.meta.url));
const HTML = 'index.html';
const extensions = { br: '.br', gzip: '.gz', identity: '' } as const;

/** Reads the built page; null when it was not built. `folder` is for tests. */
export async function loadPage(folder: string = built): Promise<Page | null> {
  const manifest = await readManifest(folder);
  if (manifest === null) return null;
  const files = await Promise.all(
    manifest.assets.map(async ({ name, tag, contentType }): Promise<[string, PageFile]> => {
      const body = (encoding: Encoding): Promise<Buffer> =>
        readFile(join(folder, `${name}${extensions[encoding]}`));
      const bodies = { br: await body('br'), gzip: await body('gzip'), identity: await body('identity') };
      return [name, { contentType, tag, bodies }];
    }),
  );
  return pageOf(new Map(files));
}

/** A page of these files, of which `index.html` is the one that browsers open. @throws RangeError without it */
export function pageOf(files: ReadonlyMap<string, PageFile>): Page {
  const html = files.get(HTML);
  if (html === undefined) throw new RangeError('a page has an index.html');
  return { html, assets: new Map([...files].filter(([name]) => name !== HTML)) };
}

async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest; // what the build wrote
  } catch (error) {
    // Asked by form: an error of another realm, as under a test runner, is no instance of our Error.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return null;
    throw error;
  }
}
