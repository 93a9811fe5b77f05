import { findProgram } from '@clipscribe/private-servers';
import { chromium, type Browser } from 'playwright-core';

const path = findProgram('chromium', 'chromium-browser', 'google-chrome');

export const isChromiumThere = path !== null;

/** Starts the Chromium of this system. */
export async function startChromium(): Promise<Browser> {
  if (path === null) throw new Error('there is no Chromium');
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: path,
    // Chromium's sandbox does not work for root, who is the user of many build machines.
    chromiumSandbox: !isRoot,
    // Sound is played by a clock, without a device; it may begin without somebody touching the page.
    args: ['--mute-audio', '--autoplay-policy=no-user-gesture-required'],
  });
}
