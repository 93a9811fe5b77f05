import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { silentFlac } from '@clipscribe/converter/testing';
import { Client } from '../../support/client.ts';
import { judge, type Case } from '../../support/security/verdict-table.ts';
import { ToolWatch } from '../../support/security/watch-tools.ts';
import { soon } from '../../support/soon.ts';
import { adminEmail, adminPassword, startSuite, type SuiteProcess } from '../../support/suite-process.ts';

const CONFINED = 'media tools run less confined';
/** A system without user namespaces, Landlock and death signals, as many pods are. */
const FEW_PROGRAMS = ['true', 'sh', 'env', 'ffmpeg', 'ffprobe', 'setsid', 'nice', 'prlimit'];

describe('security: how media tools run', () => {
  let folder: string;
  let suite: SuiteProcess;
  let poor: SuiteProcess;
  let watch: ToolWatch;
  /** What /proc said of a running ffmpeg. */
  let tool: {
    pid: string;
    group: string;
    net: string;
    cwd: string;
    words: string[];
    status: string;
    limits: string;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipscribe-security-sandbox-'));
    suite = await startSuite(join(folder, 'data'), { TRANSCRIBER: 'none', LOG_LEVEL: 'info' });
    const PATH = join(folder, 'bin');
    await mkdir(PATH);
    for (const name of FEW_PROGRAMS)
      await symlink(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(PATH, name));
    poor = await startSuite(join(folder, 'poor'), { TRANSCRIBER: 'none', LOG_LEVEL: 'info', PATH });
    watch = new ToolWatch(join(folder, 'data', 'work'));
    const client = await Client.login(suite.url, adminEmail, adminPassword);
    await client.upload([recording(10)]);
    tool = await holdTool();
  });
  afterAll(async () => {
    await watch.stop();
    await Promise.all([suite.stop('SIGKILL'), poor.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  function recording(hours: number) {
    const content = silentFlac(hours, { declaresLength: true });
    return { name: 'silence.flac', bytes: content.length, content: () => Readable.from([content]) };
  }

  /** Stops an ffmpeg in the middle of its work, so that it can be looked at. */
  async function holdTool(): Promise<typeof tool> {
    let found: typeof tool | undefined;
    await soon(async () => {
      for (const pid of await watch.processes()) {
        const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
        if (words[0] !== 'ffmpeg') continue;
        process.kill(Number(pid), 'SIGSTOP');
        const proc = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8');
        const [, , group = ''] = (await proc('stat')).replace(/^.*\) /, '').split(' ');
        const [net, cwd] = [await readlink(`/proc/${pid}/ns/net`), await readlink(`/proc/${pid}/cwd`)];
        found = { pid, group, net, cwd, words, status: await proc('status'), limits: await proc('limits') };
      }
      return found !== undefined;
    }, 60_000);
    if (found === undefined) throw new Error('no ffmpeg was seen');
    return found;
  }

  /** What the system cannot do is named in the log; then the row cannot be as it should be, and says so. */
  const missing = ({ output }: SuiteProcess): string[] => {
    const { stdout, stderr } = output();
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes(CONFINED));
    return lines.map((line) => (JSON.parse(line) as { missing: string[] }).missing.join(', ')); // of our own log
  };
  const unless = (layer: string, seen: () => string): Promise<string> =>
    Promise.resolve(missing(suite).join().includes(layer) ? `the system has none, as the log says` : seen());
  const limit = (name: string): Promise<string> =>
    unless('resource limits', () => new RegExp(`^${name} +(\\S+)`, 'm').exec(tool.limits)?.[1] ?? 'unknown');
  const given =
    (...words: string[]): Case['see'] =>
    () => {
      const at = tool.words.findIndex((_, index) =>
        words.every((word, offset) => tool.words[index + offset] === word),
      );
      return Promise.resolve(at < 0 ? 'missing' : 'given');
    };
  const optionAfter = (name: string): string => tool.words[tool.words.indexOf(name) + 1] ?? '';

  const flags: string[][] = [
    ['-nostdin'],
    ['-xerror'],
    ['-protocol_whitelist', 'file'],
    ['-max_streams', '32'],
    ['-map', '0:a:0'],
    ['-vn'],
    ['-sn'],
    ['-dn'],
    ['-map_metadata', '-1'],
    ['-map_chapters', '-1'],
  ];
  const none = 'the system has none, as the log says';
  const either = (value: string): RegExp => new RegExp(`^(${value}|${none})$`);
  judge('Running ffmpeg', [
    {
      no: 'ffmpeg',
      what: 'process group',
      expected: either('its own'),
      inWords: 'its own',
      see: () => unless('own process group', () => (tool.group === tool.pid ? 'its own' : 'ours')),
    },
    {
      no: 'ffmpeg',
      what: 'network',
      expected: either('its own, empty one'),
      inWords: 'its own, empty one',
      see: async () => {
        const ours = await readlink('/proc/self/ns/net');
        return unless('no network', () => (tool.net === ours ? 'ours' : 'its own, empty one'));
      },
    },
    {
      no: 'ffmpeg',
      what: 'new privileges',
      expected: either('refused'),
      inWords: 'refused',
      see: () =>
        unless('death with the parent', () =>
          /^NoNewPrivs:\s+1$/m.test(tool.status) ? 'refused' : 'possible',
        ),
    },
    {
      no: 'ffmpeg',
      what: 'other files',
      expected: either('refused by Landlock'),
      inWords: 'refused by Landlock',
      see: () => unless('no other files', () => 'refused by Landlock'),
    },
    {
      no: 'ffmpeg',
      what: 'bytes of address space',
      expected: either(String(6 * 2 ** 30)),
      inWords: String(6 * 2 ** 30),
      see: () => limit('Max address space'),
    },
    {
      no: 'ffmpeg',
      what: 'seconds of processor time',
      expected: either('7200'),
      inWords: '7200',
      see: () => limit('Max cpu time'),
    },
    {
      no: 'ffmpeg',
      what: 'bytes in a file',
      expected: either(String(4 * 2 ** 30)),
      inWords: String(4 * 2 ** 30),
      see: () => limit('Max file size'),
    },
    {
      no: 'ffmpeg',
      what: 'open files',
      expected: either('64'),
      inWords: '64',
      see: () => limit('Max open files'),
    },
    {
      no: 'ffmpeg',
      what: 'bytes in a core file',
      expected: either('0'),
      inWords: '0',
      see: () => limit('Max core file size'),
    },
    ...flags.map((words) => ({
      no: 'ffmpeg',
      what: words.join(' '),
      expected: 'given',
      see: given(...words),
    })),
    {
      no: 'ffmpeg',
      what: '-format_whitelist',
      expected: 'mov, no hls',
      see: () =>
        Promise.resolve(
          [/(^|,)mov(,|$)/, /(^|,)(hls|concat|dash|sdp|image2)(,|$)/]
            .map((one) => one.test(optionAfter('-format_whitelist')))
            .join() === 'true,false'
            ? 'mov, no hls'
            : optionAfter('-format_whitelist'),
        ),
    },
    {
      no: 'ffmpeg',
      what: '-codec_whitelist',
      expected: 'aac, no h264',
      see: () =>
        Promise.resolve(
          [/(^|,)aac(,|$)/, /(^|,)(h264|png|gif|flic)(,|$)/]
            .map((one) => one.test(optionAfter('-codec_whitelist')))
            .join() === 'true,false'
            ? 'aac, no h264'
            : optionAfter('-codec_whitelist'),
        ),
    },
    {
      no: 'ffmpeg',
      what: 'input',
      expected: 'file:<private folder>/input',
      see: () => Promise.resolve(optionAfter('-i').replace(tool.cwd, '<private folder>')),
    },
    {
      no: 'ffmpeg',
      what: 'when its parent is killed',
      expected: either('it is gone'),
      inWords: 'it is gone',
      see: async () => {
        await suite.stop('SIGKILL');
        const isGone = await soon(async () => !(await watch.processes()).includes(tool.pid)).then(
          () => true,
          () => false,
        );
        if (!isGone) process.kill(Number(tool.pid), 'SIGKILL');
        return unless('death with the parent', () => (isGone ? 'it is gone' : 'it stays'));
      },
    },
    {
      no: 'log',
      what: 'a system that can do less is named at the start',
      expected: 'no network, death with the parent, no other files',
      see: () => Promise.resolve(missing(poor).join(' | ')),
    },
    {
      no: 'log',
      what: 'it converts all the same',
      expected: 'succeeded',
      see: async () => {
        const client = await Client.login(poor.url, adminEmail, adminPassword);
        const [job] = await client.upload([recording(0.01)]);
        return (await client.ended(job?.id ?? '')).state;
      },
    },
    {
      no: 'log',
      what: 'and says so once, not with every file',
      expected: '1 line',
      see: () => Promise.resolve(`${String(missing(poor).length)} line`),
    },
  ]);
});
