import { stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that nobody may read, and a server that nobody may call. */
export class OutsideWorld {
  readonly victim: string;
  readonly #control: string;
  readonly #server: Server;
  #connections = 0;

  private constructor(victim: string, control: string) {
    this.victim = victim;
    this.#control = control;
    this.#server = createServer((socket) => {
      this.#connections += 1;
      socket.destroy();
    });
  }

  static async open(folder: string, content: Uint8Array): Promise<OutsideWorld> {
    const world = new OutsideWorld(join(folder, 'victim.wav'), join(folder, 'control.wav'));
    for (const path of [world.victim, world.#control]) {
      await writeFile(path, content);
      await utimes(path, 0, new Date()); // read longer ago than written: even by `relatime` a reading is noted
    }
    await new Promise<void>((resolve) => world.#server.listen(0, '127.0.0.1', resolve));
    return world;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // a TCP server has one
  }

  get connections(): number {
    return this.#connections;
  }

  isVictimRead(): Promise<boolean> {
    return wasRead(this.victim);
  }

  /** False where the file system takes no note of readings. */
  async wouldNotice(): Promise<boolean> {
    await readFile(this.#control);
    return wasRead(this.#control);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function wasRead(path: string): Promise<boolean> {
  return (await stat(path)).atimeMs > 0;
}
