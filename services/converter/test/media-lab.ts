import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { findConfinement, writeLauncher, type Confinement } from '../src/adapters/confinement.ts';
import { FfmpegMediaTools } from '../src/adapters/ffmpeg-media-tools.ts';
import { useLauncher } from '../src/adapters/ffmpeg-run.ts';
import type { Mp3Request } from '../src/media-tools.ts';

const probeSchema = z.object({
  streams: z.array(
    z.object({
      codec_name: z.string(),
      channels: z.number().optional(),
      sample_rate: z.string().optional(),
      tags: z.record(z.string(), z.string()).optional(),
    }),
  ),
  format: z.object({
    duration: z.coerce.number(),
    bit_rate: z.coerce.number(),
    tags: z.record(z.string(), z.string()).default({}),
  }),
  chapters: z.array(z.unknown()),
});

/** A temporary folder, the confined media tools, and an ffmpeg of the test's own to make recordings with. */
export class MediaLab {
  readonly folder: string;
  readonly confinement: Confinement;
  #made = 0;

  private constructor(folder: string, confinement: Confinement) {
    this.folder = folder;
    this.confinement = confinement;
  }

  static async open(): Promise<MediaLab> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-media-'));
    const confinement = findConfinement();
    useLauncher(await writeLauncher(join(folder, 'bin'), 'ffmpeg', confinement));
    return new MediaLab(folder, confinement);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The media tools as the converter uses them; 12 hours are accepted unless said otherwise. */
  tools(maxDurationSeconds = 12 * 3600): FfmpegMediaTools {
    return new FfmpegMediaTools({ prefix: this.confinement.prefix, maxDurationSeconds });
  }

  /** A path named `input`, in a folder of its own, as the converter names everything it is given. */
  async inputPath(): Promise<string> {
    this.#made += 1;
    const folder = join(this.folder, `case-${String(this.#made)}`);
    await mkdir(folder);
    return join(folder, 'input');
  }

  /** Makes an input with ffmpeg; `format` is the name of its container. */
  async make(format: string, ...args: string[]): Promise<string> {
    const path = await this.inputPath();
    run('ffmpeg', '-v', 'error', ...args, '-f', format, path);
    return path;
  }

  async write(content: string | Uint8Array): Promise<string> {
    const path = await this.inputPath();
    await writeFile(path, content);
    return path;
  }

  /** A request with defaults for what a test does not care about. */
  request(input: string, values: Partial<Mp3Request> = {}): Mp3Request {
    return {
      input,
      output: join(dirname(input), 'audio.mp3'),
      quality: 'V5',
      title: 'title',
      artist: 'artist',
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...values,
    };
  }

  /** The ids of all processes that name a file of this lab in their command. */
  processes(): Promise<number[]> {
    return processesNaming(this.folder);
  }

  /** Sends a signal to all of them; returns who they were. */
  async signal(name: NodeJS.Signals): Promise<number[]> {
    const found = await this.processes();
    // Unlike process.kill, the program does not mind a process that has ended meanwhile.
    spawnSync('kill', ['-s', name.slice(3), ...found.map(String)], { stdio: 'ignore' });
    return found;
  }
}

/** Runs a program to its end. @throws when it fails */
export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/** What ffprobe says of a result. */
export function probeResult(path: string): z.infer<typeof probeSchema> {
  const show = ['-show_streams', '-show_format', '-show_chapters', '-of', 'json'];
  return probeSchema.parse(JSON.parse(run('ffprobe', '-v', 'error', ...show, path)));
}

/** The ids of all processes with this text in their command line. */
export async function processesNaming(text: string): Promise<number[]> {
  const found = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end while it is looked at.
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(text)) found.push(Number(name));
  }
  return found;
}
