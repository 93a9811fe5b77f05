import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll } from '@jest/globals';
import { hostile } from '@clipscribe/converter/testing';
import type { JobView } from '@clipscribe/contracts';
import { Client } from '../../support/client.ts';
import { describeOnEachPlatform } from '../../support/platforms.ts';
import { startEmbedded, type Running } from '../../support/running.ts';
import { OutsideWorld } from '../../support/security/outside.ts';
import { judge } from '../../support/security/verdict-table.ts';
import { ToolWatch, type Peaks } from '../../support/security/watch-tools.ts';
import { soon } from '../../support/soon.ts';
import { adminEmail, adminPassword } from '../../support/suite-process.ts';
import { Lab, mediaCases, secretTags, type MediaCase } from './media-cases.ts';

/** Everything is over after this time, whatever is in the file. */
const LIMIT_MS = 60_000;
/** As many as a converter works on at once; more would wait, and the waiting count. */
const AT_ONCE = 3;
const settings = { TRANSCRIBER: 'none', MAX_DURATION_HOURS: '1', VIDEO_SLOTS: String(AT_ONCE) };

let made: string;
let lab: Lab;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'clipscribe-security-made-'));
  lab = new Lab(made);
});
afterAll(async () => {
  await rm(made, { recursive: true, force: true });
});

describeOnEachPlatform('security: hostile media', (start) => {
  let folder: string;
  let suite: Running;
  let client: Client;
  let outside: OutsideWorld;
  let watch: ToolWatch;
  const outcomes = new Map<string, Promise<string>>();
  let mp3s: Buffer[];
  let slowestMs = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-security-media-'));
    mp3s = [];
    await mkdir(join(folder, 'outside'));
    outside = await OutsideWorld.open(join(folder, 'outside'), hostile.wav({ dataBytes: 80_000 }));
    suite = await start(join(folder, 'data'), settings);
    client = await Client.login(suite.url, adminEmail, adminPassword);
    watch = new ToolWatch(suite.work);
    outcomes.clear();
    startAll();
  });
  afterAll(async () => {
    await watch.stop();
    await suite.stop();
    await outside.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Each case is begun as soon as one before it is over. */
  function startAll(): void {
    const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve('free'));
    for (const [index, one] of mediaCases.entries()) {
      const lane = lanes[index % AT_ONCE] ?? Promise.resolve('free');
      const outcome = lane.then(() => outcomeOf(one)).catch((error: unknown) => String(error));
      lanes[index % AT_ONCE] = outcome;
      outcomes.set(one.no, outcome);
    }
  }

  async function outcomeOf({ content, name = 'hostile' }: MediaCase): Promise<string> {
    const bytes = Buffer.from(await content(lab, outside));
    const part = { name, bytes: bytes.length, content: () => Readable.from([bytes]) };
    const { status, body } = await client.post([part]);
    if (status !== 202) return `${String(status)} ${(JSON.parse(body) as { code: string }).code}`; // a problem has one
    const startedAt = performance.now();
    const [job] = (JSON.parse(body) as { jobs: JobView[] }).jobs; // what an accepted upload is answered with
    const ended = await client.ended(job?.id ?? '', LIMIT_MS);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    const seen = [ended.state, ended.error?.code ?? ended.audio.error?.code ?? ''].join(' ').trim();
    return ended.audio.fileId === undefined ? seen : `${seen}, ${await describeMp3(ended.id)}`;
  }

  async function describeMp3(id: string): Promise<string> {
    const mp3 = Buffer.from(await (await client.fetch(`/jobs/${id}/audio`)).arrayBuffer());
    mp3s.push(mp3);
    return mp3.subarray(0, 3).toString('latin1') === 'ID3' && mp3.length > 1000 ? 'MP3' : 'no MP3';
  }

  let peaks: Peaks;
  judge(`Hostile media (${start === startEmbedded ? 'embedded' : 'real servers'})`, [
    ...mediaCases.map(({ no, what, expected }) => ({
      no,
      what,
      expected,
      see: async () => (await outcomes.get(no)) ?? 'nothing',
    })),
    {
      no: 'after',
      what: 'media tools still running',
      expected: 'none',
      see: async () => (await toolsLeft()).join(' ') || 'none',
    },
    {
      no: 'after',
      what: 'temporary files',
      expected: 'none',
      see: async () => (await watch.leftovers()).join(' ') || 'none',
    },
    {
      no: 'after',
      what: 'the planted file was read',
      expected: 'no',
      see: async () => ((await outside.isVictimRead()) ? 'yes' : 'no'),
    },
    {
      no: 'after',
      what: 'a reading would have been noticed',
      expected: 'yes',
      see: async () => ((await outside.wouldNotice()) ? 'yes' : 'no'),
    },
    {
      no: 'after',
      what: 'files beside the planted one',
      expected: 'control.wav victim.wav',
      see: async () => (await readdir(join(folder, 'outside'))).sort().join(' '),
    },
    {
      no: 'after',
      what: '/etc/cron.d/x',
      expected: 'not there',
      see: () =>
        stat('/etc/cron.d/x').then(
          () => 'there',
          () => 'not there',
        ),
    },
    {
      no: 'after',
      what: 'connections to the loopback server',
      expected: '0',
      see: () => Promise.resolve(String(outside.connections)),
    },
    {
      no: 'after',
      what: 'tags of the owner in MP3s',
      expected: 'none',
      see: () => Promise.resolve(tagsFound()),
    },
    {
      no: 'after',
      what: 'the slowest case',
      expected: /^[1-5]?\d s$/,
      inWords: 'under 60 s',
      see: () => Promise.resolve(`${String(Math.ceil(slowestMs / 1000))} s`),
    },
    {
      no: 'after',
      what: 'processes of media tools that were seen',
      expected: /^[1-9]\d+$/,
      inWords: 'at least 10',
      see: async () => String((peaks = await watch.stop()).processes),
    },
    {
      no: 'after',
      what: 'memory of a media tool, at most',
      expected: /^\d{1,3} MB$/,
      inWords: 'under 1,000 MB',
      see: () => Promise.resolve(megabytes(peaks.memory)),
    },
    {
      no: 'after',
      what: 'temporary space, at most',
      expected: /^1?\d{1,2} MB$/,
      inWords: 'under 200 MB',
      see: () => Promise.resolve(megabytes(peaks.disk)),
    },
    {
      no: 'after',
      what: 'a good recording is converted',
      expected: 'succeeded, MP3',
      see: async () => outcomeOf({ no: '', what: '', expected: '', content: () => lab.m4a() }),
    },
  ]);

  async function toolsLeft(): Promise<string[]> {
    await soon(async () => (await watch.processes()).length === 0).catch(() => undefined);
    return watch.processes();
  }

  function tagsFound(): string {
    return secretTags.filter((tag) => mp3s.some((mp3) => mp3.includes(tag))).join(', ') || 'none';
  }
});

function megabytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1e6))} MB`;
}
