import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { ffmpeg } from '../media.ts';

const run = promisify(execFile);
const target = fileURLToPath(new URL('../../../docs/images', import.meta.url));

/** Set by `npm run screenshots`. */
const isUpdate = process.env['UPDATE_SCREENSHOTS'] === '1';

/** A palette of its own for each picture makes it a third as large, and nobody sees the difference in flat colours. */
const PALETTE =
  '[0]split[one][two];[one]palettegen=max_colors=128:stats_mode=single[p];[two][p]paletteuse=dither=none';

/**
 * Mean structural similarity of the brightness (ffmpeg's filter ssim), below which a picture is of something else. Seen for
 * one view: 0.92 and more over some weeks of changes, 0.73 and more in quite another font; between two views 0.04 to 0.82.
 */
const LIKENESS = 0.7;

/**
 * Takes a picture of what is in the window and holds it against that of the documentation, or puts it there.
 * @throws Error when the documentation shows something else
 */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'screenshot-'));
  try {
    const [raw, picture] = [join(folder, 'raw.png'), join(folder, 'picture.png')];
    // Until the fonts are there and nothing moves any more.
    await page.evaluate('document.fonts.ready');
    await page.screenshot({ path: raw, animations: 'disabled', caret: 'hide' });
    await ffmpeg('-i', raw, '-filter_complex', PALETTE, '-compression_level', '9', picture);
    const shown = join(target, `${name}.png`);
    if (isUpdate) await replace(shown, picture);
    else await compare(shown, picture);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function replace(shown: string, picture: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await copyFile(picture, shown);
}

async function compare(shown: string, picture: string): Promise<void> {
  const likeness = await likenessOf(shown, picture);
  if (likeness < LIKENESS)
    throw new Error(
      `${shown} does not show the page as it is (likeness ${likeness}, needed ${LIKENESS}); make the pictures anew by npm run screenshots`,
    );
}

/** 1 for equal pictures. @throws Error when they differ in size */
async function likenessOf(one: string, other: string): Promise<number> {
  const filter = '[0]format=gray[one];[1]format=gray[other];[one][other]ssim';
  const { stderr } = await run('ffmpeg', [
    ...['-hide_banner', '-nostdin', '-i', one, '-i', other, '-lavfi', filter, '-f', 'null', '-'],
  ]);
  const likeness = / All:([\d.]+)/.exec(stderr)?.[1];
  if (likeness === undefined) throw new Error(`ffmpeg told no likeness: ${stderr}`);
  return Number(likeness);
}
