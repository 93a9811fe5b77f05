import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../src/adapters/run-tool.ts';
import { parsePocketsphinx } from '../src/parse-pocketsphinx.ts';
import type { Speech } from './speech-api-behaviour.ts';

/** So many recordings are listened to at once; each takes a core. */
const SLOTS = 2;
const TIMEOUT_MS = 1_800_000;

/** Understands real English speech with PocketSphinx, each recording once. */
export class SpeechRecognizer {
  readonly #cacheFolder: string | undefined;
  readonly #known = new Map<string, Promise<Speech>>();
  readonly #stop = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #free = SLOTS;

  /** With a folder, what was understood is kept there for the next process. */
  constructor(cacheFolder?: string) {
    this.#cacheFolder = cacheFolder;
  }

  /** What is said in a recording; `sha256` is that of its bytes. */
  recognize(sha256: string, audio: Buffer): Promise<Speech> {
    const known = this.#known.get(sha256);
    if (known !== undefined) return known;
    const speech = this.#lookUp(sha256, audio);
    this.#known.set(sha256, speech);
    speech.catch(() => this.#known.delete(sha256));
    return speech;
  }

  /** Ends what is being listened to, and resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the recognizer is closed'));
    await Promise.allSettled(this.#known.values());
  }

  async #lookUp(sha256: string, audio: Buffer): Promise<Speech> {
    if (this.#cacheFolder === undefined) return this.#inTurn(audio);
    const path = join(this.#cacheFolder, `${sha256}.json`);
    // Only this class writes there, and only whole files.
    const kept = await readFile(path, 'utf8').catch(() => null);
    if (kept !== null) return JSON.parse(kept) as Speech;
    const speech = await this.#inTurn(audio);
    await mkdir(this.#cacheFolder, { recursive: true });
    await writeFile(`${path}.${process.pid}`, JSON.stringify(speech));
    await rename(`${path}.${process.pid}`, path);
    return speech;
  }

  async #inTurn(audio: Buffer): Promise<Speech> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#listen(audio);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #listen(audio: Buffer): Promise<Speech> {
    const folder = await mkdtemp(join(tmpdir(), 'clipscribe-speech-api-'));
    try {
      const [input, wav] = [join(folder, 'input'), join(folder, 'speech.wav')];
      await writeFile(input, audio);
      await this.#run('ffmpeg', '-v', 'error', '-nostdin', '-i', input, '-ac', '1', '-ar', '16000', wav);
      const options = ['-infile', wav, '-time', 'yes', '-logfn', '/dev/null'];
      return asAnswered(parsePocketsphinx(await this.#run('pocketsphinx_continuous', ...options)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #run(...command: string[]): Promise<string> {
    const run = await runTool(command, { timeoutMs: TIMEOUT_MS, signal: this.#stop.signal });
    if (run.code !== 0) throw new Error(`${String(command[0])} failed: ${run.stderr}`);
    return run.stdout;
  }
}

function asAnswered({ segments, words }: ReturnType<typeof parsePocketsphinx>): Speech {
  return {
    text: segments.map(({ text }) => text).join(' '),
    language: 'english',
    segments: segments.map(({ start, end, text }) => ({ start, end, text })),
    words: words.map(({ start, end, text }) => ({ start, end, word: text })),
  };
}
