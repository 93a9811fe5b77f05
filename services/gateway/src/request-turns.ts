import type { IncomingMessage, RequestListener } from 'node:http';
import { clientNetwork } from '@clipscribe/runtime';

/** Together about as much work as one request of somebody else, who waits for no more than these in a turn. */
const MOST_A_TURN = 4;

interface Client {
  /** Requests that began since the last turn. */
  begun: number;
  /** Those that have not begun, the earliest first. */
  waiting: Set<() => void>;
}

/**
 * Requests of one client that come all at once begin a few in each turn of the event loop, so that those of others,
 * which arrive in between, are served in between. Who sends few at a time does not wait at all. This stands before
 * everything else, since all that is done before counts for each of a thousand requests in the same turn.
 * @param addressOf where a request comes from
 */
export function inTurns(
  serve: RequestListener,
  addressOf: (req: IncomingMessage) => string,
): RequestListener {
  /** Those who began something since the last turn, or wait. */
  const clients = new Map<string, Client>();

  function turn(): void {
    for (const [name, client] of clients) {
      client.begun = 0;
      if (client.waiting.size === 0) clients.delete(name);
      else beginWaiting(client);
    }
    if (clients.size > 0) setImmediate(turn);
  }

  function clientOf(req: IncomingMessage): Client {
    const address = addressOf(req);
    const name = clientNetwork(address) ?? address;
    const known = clients.get(name);
    if (known !== undefined) return known;
    if (clients.size === 0) setImmediate(turn);
    const client = { begun: 0, waiting: new Set<() => void>() };
    clients.set(name, client);
    return client;
  }

  return (req, res) => {
    const client = clientOf(req);
    if (client.begun < MOST_A_TURN && client.waiting.size === 0) {
      client.begun += 1;
      serve(req, res);
      return;
    }
    const work = (): void => {
      // Who has left meanwhile wants no answer.
      if (!res.destroyed) serve(req, res);
    };
    client.waiting.add(work);
  };
}

function beginWaiting(client: Client): void {
  for (const work of client.waiting) {
    if (client.begun >= MOST_A_TURN) return;
    client.waiting.delete(work);
    client.begun += 1;
    work();
  }
}
