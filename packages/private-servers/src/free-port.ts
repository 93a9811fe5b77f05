import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems hand to outgoing connections, so that none of these takes it meanwhile. */
const RANGE = { from: 20_000, to: 32_000 };
const TRIES = 100;

/**
 * A loopback port that nobody listens on now, and that is still free after a restart of its server: to no other process
 * that asks here it is given as long as this one lives.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(RANGE.from, RANGE.to);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
  throw new Error('no free port was found');
}

/**
 * Between the choice of a port and the start of its server others choose ports too. A name among Linux's abstract sockets
 * (unix(7)) has one holder at a time, and is free again when its process ends, however that does. Elsewhere chance decides.
 */
async function reserve(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const holder = createServer().unref();
  try {
    holder.listen(`\0clipscribe-port-${port}`);
    await once(holder, 'listening');
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
