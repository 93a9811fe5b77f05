import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { ffmpeg } from '../support/media.ts';

const target = fileURLToPath(new URL('../../docs/images', import.meta.url));

/** A palette of its own for each picture makes it a third as large, and nobody sees the difference in flat colours. */
const PALETTE =
  '[0]split[one][two];[one]palettegen=max_colors=128:stats_mode=single[p];[two][p]paletteuse=dither=none';

/** Takes a picture of what is in the window, and puts it among those of the documentation. */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'screenshot-'));
  const raw = join(folder, 'raw.png');
  // Until the fonts are there and nothing moves any more.
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: raw, animations: 'disabled', caret: 'hide' });
  await ffmpeg('-i', raw, '-filter_complex', PALETTE, '-compression_level', '9', join(target, `${name}.png`));
  await rm(folder, { recursive: true });
}
