import type { Page } from 'playwright-core';
import { openJob, scrollToTheEnd } from '../../e2e/support/web/in-page.mjs';
import { longMp3, longTranscript } from '../../e2e/support/web/long-talk.ts';
import { signIn, visit } from '../../e2e/support/web/visitor.ts';
import { startWebWorld, type WebWorld } from '../../e2e/support/web/world.ts';
import { median, type Measure } from './measure.ts';

const ROUNDS = 5;
const JOBS = 1000;
const WORDS = 20_000;
const SECONDS = 7200;
const SENTENCES = WORDS / 20;

/** People see a picture that is later than this as a stop (https://web.dev/articles/rail). */
const JANK_MS = 50;

/** (w) The web page in Chromium on the real gateway: its first load, a list of 1,000 jobs, a transcript of 20,000 words. */
export async function measureWebPage(): Promise<Measure[]> {
  const world = await startWebWorld({ TRANSCRIBER: 'none' });
  try {
    await world.seed.jobs(JOBS);
    const mp3 = await longMp3(world.folder, SECONDS);
    const id = await world.seed.recording('two hours.mp4', mp3, longTranscript(WORDS, SECONDS));
    return [await firstLoad(world), ...(await scrolling(world)), await longOne(world, id)];
  } finally {
    await world.stop();
  }
}

/** Each time with nothing in the browser's memory. */
async function firstLoad({ browser, url }: WebWorld): Promise<Measure> {
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const visitor = await visit(browser, 'about:blank');
    await visitor.page.goto(url);
    await visitor.page.getByRole('button', { name: 'Sign in' }).waitFor();
    ms.push(await visitor.page.evaluate(() => performance.now()));
    await visitor.leave();
  }
  return {
    ...{ id: 'w', what: 'the web page can be used after', value: median(ms), unit: 'ms' },
    ...{ limit: { kind: 'at most', value: 1000 }, details: { ms } },
  };
}

/** Beside a page that has nothing but as many rows, scrolled the same way. */
async function scrolling({ browser, url }: WebWorld): Promise<Measure[]> {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await visit(browser, 'about:blank');
    await plain.page.setContent(plainRows());
    bare.push(...(await scrolled(plain.page)));
    await plain.leave();
    const visitor = await visit(browser, url);
    await signIn(visitor.page);
    await visitor.page.locator('.job').nth(10).waitFor();
    ours.push(...(await scrolled(visitor.page)));
    await visitor.leave();
  }
  const late = (times: readonly number[]): number =>
    (times.filter((ms) => ms > JANK_MS).length / times.length) * 100;
  const details = {
    ...{ oursPictures: ours.length, barePictures: bare.length, oursLate: late(ours), bareLate: late(bare) },
    ...{ oursLongestMs: Math.max(...ours), bareLongestMs: Math.max(...bare) },
    ...{ oursMedianMs: median(ours), bareMedianMs: median(bare) },
  };
  return [
    {
      ...{ id: 'w', what: 'scrolling 1,000 jobs: mean time between pictures ÷ plain rows', unit: '×' },
      value: sum(ours) / ours.length / (sum(bare) / bare.length),
      ...{ limit: { kind: 'at most', value: 1.5 }, details },
    },
    {
      ...{
        id: 'w',
        what: `… pictures later than ${String(JANK_MS)} ms, more than with plain rows`,
        unit: '%',
      },
      value: late(ours) - late(bare),
      ...{ limit: { kind: 'at most', value: 2 }, details },
    },
  ];
}

async function longOne({ browser, url }: WebWorld, id: string): Promise<Measure> {
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const visitor = await visit(browser, url);
    await signIn(visitor.page);
    ms.push(await visitor.page.evaluate(openJob, { id, sentences: SENTENCES }));
    await visitor.leave();
  }
  return {
    ...{ id: 'w', what: 'a transcript of 20,000 words is open after', value: median(ms), unit: 'ms' },
    ...{ limit: { kind: 'at most', value: 1000 }, details: { ms } },
  };
}

/** ms between pictures. */
async function scrolled(page: Page): Promise<number[]> {
  return page.evaluate(scrollToTheEnd, 'recording 0001.mp4');
}

function plainRows(): string {
  const rows = Array.from({ length: JOBS }, (_, index) => {
    const name = `recording ${String(JOBS - index).padStart(4, '0')}.mp4`;
    return `<li style="height:72px"><a class="job-name" href="#">${name}</a></li>`;
  });
  return `<ul>${rows.join('')}</ul>`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
