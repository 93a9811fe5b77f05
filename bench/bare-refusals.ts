import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As long as the gateway lets refused logins wait, on average, in ms. */
const DELAY_MS = 1500;

/** A server that refuses everything and does nothing else: what a flood costs whoever sends it. */
const server = createServer((req, res) => {
  req.resume();
  setTimeout(() => res.writeHead(429).end(), DELAY_MS);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  process.stdout.write(`http://127.0.0.1:${String(port)}\n`);
});
