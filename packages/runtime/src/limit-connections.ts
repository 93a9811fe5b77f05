import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { clientNetwork } from './client-network.ts';
import type { Log } from './log.ts';

export interface ConnectionLimit {
  /** Open connections that a network, as `clientNetwork` tells them apart, may have at a time. */
  mostPerNetwork: number;
  /** Addresses that stand for many clients, such as those of proxies, have as many as they like. */
  isExempt: (address: string) => boolean;
  log: Log;
}

/**
 * Closes what a network opens above its limit as soon as it is accepted, before anything is read: whoever opens a
 * thousand connections has a thousand requests in one turn of the event loop otherwise, and all others wait for that.
 */
export function limitConnections(server: Server, { mostPerNetwork, isExempt, log }: ConnectionLimit): void {
  const open = new Map<string, number>();
  /** Those who had one closed and have others open: one line in the log is enough for all of them. */
  const refused = new Set<string>();

  function leave(network: string): void {
    const left = (open.get(network) ?? 1) - 1;
    open.set(network, left);
    if (left > 0) return;
    open.delete(network);
    refused.delete(network);
  }

  function refuse(network: string, socket: Socket): void {
    socket.destroy();
    if (refused.has(network)) return;
    refused.add(network);
    log.warn({ network, most: mostPerNetwork }, 'too many connections');
  }

  // Before Node's own listener, which lets go of a socket that is destroyed already.
  server.prependListener('connection', (socket) => {
    const { remoteAddress } = socket;
    const network = clientNetwork(remoteAddress ?? '');
    if (remoteAddress === undefined || network === null || isExempt(remoteAddress)) return;
    const present = open.get(network) ?? 0;
    if (present >= mostPerNetwork) {
      refuse(network, socket);
      return;
    }
    open.set(network, present + 1);
    socket.once('close', () => {
      leave(network);
    });
  });
}
