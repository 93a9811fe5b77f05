import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchTree, type Ended, type Started } from './scratch-tree.ts';

/**
 * Stands in for the suite: says what it was given, counts interrupts, and ends when told to; after a minute by
 * itself, so that a test run that was killed leaves nothing behind for long.
 */
const SUITE = `
console.log('args ' + process.argv.slice(2).join(' '));
let interrupts = 0;
process.on('SIGINT', () => console.log('interrupt ' + ++interrupts));
process.on('SIGTERM', () => {
  console.log('terminated after ' + interrupts);
  process.exit(7);
});
process.on('disconnect', () => {
  require('node:fs').writeFileSync(process.env.CALLS + '/note', 'nobody is left');
  process.exit(0);
});
setTimeout(() => process.exit(9), 60_000);
console.log('ready');
`;

/** Notes each call, and makes node_modules as the real one does. */
const NPM = 'echo "$*" >> "$CALLS/npm"; mkdir -p node_modules; exit ${NPM_EXIT:-0}';

/** As root on Debian packages are installed; otherwise a line says how to. */
const isRoot = process.getuid?.() === 0;

let tree: ScratchTree;

beforeEach(async () => {
  tree = await ScratchTree.make();
  await tree.write('package-lock.json', '{}');
  await tree.write('services/suite/src/main.ts', SUITE);
  await tree.write('services/suite/package.json', '{"scripts":{"start":"node src/main.ts"}}');
  await tree.program('npm', NPM);
  await tree.program('ffmpeg');
  await tree.program('ffprobe');
});

afterEach(() => tree.remove());

function start(args: string[] = [], env: Record<string, string> = {}): Started {
  return tree.start('start.mjs', args, { TRANSCRIBER: 'none', ...env });
}

/** Waits for the suite, and stops it. */
async function stopWhenReady({ child, until, ended }: Started): Promise<Ended> {
  await until('ready');
  child.kill('SIGTERM');
  return ended;
}

describe('npm start', () => {
  it('installs the locked dependencies once, and again when the lock file has changed', async () => {
    await stopWhenReady(start());
    await stopWhenReady(start());
    expect(await tree.lines('npm')).toEqual([expect.stringMatching(/^ci --include=dev/)]);
    await tree.write('package-lock.json', '{"changed":true}');
    await stopWhenReady(start());
    expect(await tree.lines('npm')).toHaveLength(2);
  });

  it('takes an installation that was made by hand', async () => {
    await tree.write('node_modules/.package-lock.json', '{}');
    await stopWhenReady(start());
    expect(await tree.lines('npm')).toEqual([]);
  });

  it('hands on arguments, and ends with the exit code of the suite', async () => {
    const { code, lines } = await stopWhenReady(start(['--one', 'two']));
    expect(lines).toContain('args --one two');
    expect(code).toBe(7);
  });

  it('says in one line that npm failed, and tries again the next time', async () => {
    const { code, lines } = await start([], { NPM_EXIT: '1' }).ended;
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(/^clipscribe: npm ci failed/);
    await stopWhenReady(start());
    expect(await tree.lines('npm')).toHaveLength(2);
  });

  it('passes a signal on once, however often it comes at the same time', async () => {
    const { child, until, ended } = start();
    await until('ready');
    child.kill('SIGINT');
    await until('interrupt 1');
    child.kill('SIGINT');
    // After this pause the next signal is a wish of its own, like a second Ctrl-C by hand.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    child.kill('SIGTERM');
    expect((await ended).lines).toContain('terminated after 1');
  });

  it('leaves no suite behind when it is killed', async () => {
    const { child, until, ended } = start();
    await until('ready');
    child.kill('SIGKILL');
    // Both outputs are closed only when the suite, which shares them, has ended too.
    await ended;
    expect(await tree.lines('note')).toEqual(['nobody is left']);
  });
});

describe('npm start without the programs it needs', () => {
  it('does not start without ffprobe', async () => {
    await tree.removeProgram('ffprobe');
    const { code, lines } = await start().ended;
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(/^clipscribe: ffmpeg is missing; /);
  });

  it.each([
    ['apt-get', 'sudo apt-get install ffmpeg'],
    ['dnf', 'sudo dnf install ffmpeg-free'],
    ['brew', 'brew install ffmpeg'],
  ])('says what to type where there is %s', async (manager, command) => {
    await tree.removeProgram('ffmpeg');
    await tree.program(manager, 'exit 1');
    await tree.program('dpkg-query', 'exit 1');
    const { lines } = await start().ended;
    expect(lines.at(-1)).toBe(`clipscribe: ffmpeg is missing; install it with: ${command}`);
  });

  it('installs what is missing with apt-get when it is root, and never asks anything', async () => {
    await tree.removeProgram('ffmpeg');
    await tree.program('dpkg-query', 'exit 1');
    const makeFfmpeg = 'echo "#!/bin/sh" > "$CALLS/bin/ffmpeg"; /bin/chmod +x "$CALLS/bin/ffmpeg"';
    await tree.program('apt-get', `echo "$DEBIAN_FRONTEND $*" >> "$CALLS/apt"; ${makeFfmpeg}`);
    const { code } = await (isRoot ? stopWhenReady(start()) : start().ended);
    expect(code).toBe(isRoot ? 7 : 1);
    const install = 'noninteractive install -y --no-install-recommends ffmpeg';
    expect(await tree.lines('apt')).toEqual(isRoot ? ['noninteractive update', install] : []);
  });

  it('does not ask for a package again that has no such program', async () => {
    await tree.removeProgram('ffmpeg');
    await tree.program('apt-get', 'echo "$*" >> "$CALLS/apt"');
    await tree.program('dpkg-query', 'echo installed');
    expect((await start().ended).code).toBe(1);
    expect(await tree.lines('apt')).toEqual([]);
  });

  it('does without PocketSphinx, and says so, unless another engine was chosen', async () => {
    const warning = expect.stringMatching(
      /^clipscribe: PocketSphinx is missing, so there will be no transcripts; /,
    );
    expect((await stopWhenReady(start([], { TRANSCRIBER: '' }))).lines).toContainEqual(warning);
    expect((await stopWhenReady(start([], { TRANSCRIBER: 'openai' }))).lines).not.toContainEqual(warning);
  });
});
