import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

const RESTART_MS = 300;

/**
 * `kubectl port-forward` to a service, on one local port for the whole run. It leads to one pod; when that goes away it is
 * begun again, as a person would do it. Requests in between find nobody listening.
 */
export class PortForward {
  readonly url: string;
  #child: ChildProcess | undefined;
  #isClosed = false;
  readonly #running: Promise<void>;

  private constructor(cluster: Cluster, service: string, ports: { local: number; remote: string }) {
    this.url = `http://127.0.0.1:${String(ports.local)}`;
    process.once('exit', () => this.#child?.kill());
    this.#running = this.#run(cluster, service, ports);
  }

  static async open(cluster: Cluster, service: string, remote = 'http'): Promise<PortForward> {
    return new PortForward(cluster, service, { local: await freePort(), remote });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#child?.kill();
    await this.#running;
  }

  async #run(
    cluster: Cluster,
    service: string,
    { local, remote }: { local: number; remote: string },
  ): Promise<void> {
    const place = ['--namespace', cluster.namespace, 'port-forward', `service/${service}`];
    while (!this.#isClosed) {
      const child = spawn(cluster.kubectlCommand, [...place, `${String(local)}:${remote}`], {
        env: cluster.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      this.#child = child;
      // It does not end by itself when its pod is gone, but says so at the next connection.
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (/lost connection|error forwarding port|connection refused/i.test(line)) child.kill();
      });
      await once(child, 'close');
      await delay(RESTART_MS);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  server.close();
  await once(server, 'close');
  return port;
}
