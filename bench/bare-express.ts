import type { AddressInfo } from 'node:net';
import express from 'express';

/** Express and nothing else: the page that the gateway sent, as JSON. */
const page: unknown = JSON.parse(process.env['PAGE'] ?? '{}');
const app = express();
app.get('/jobs', (_req, res) => {
  res.json(page);
});
const server = app.listen(0, '127.0.0.1', () => {
  // A server listening on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${String(port)}\n`);
});
process.on('SIGTERM', () => process.exit(0));
