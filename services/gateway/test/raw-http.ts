import { once } from 'node:events';
import { request, type ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { MULTIPART_TYPE } from './multipart-body.ts';

/** Sends bytes as they are, and gives back all that comes until the server closes. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  try {
    return await text(socket);
  } finally {
    socket.destroy();
  }
}

/**
 * Sends everything before it reads anything, as simple clients do, and gives back the start of the answer.
 * Rejects when the server stops reading.
 */
export async function sendAllThenRead(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).write(bytes, () => {
        resolve();
      });
    });
    if (socket.readableLength === 0) await once(socket, 'readable');
    return String(socket.read());
  } finally {
    socket.destroy();
  }
}

export interface OpenUpload {
  request: ClientRequest;
  /** The answer, with its body parsed. */
  answer: Promise<{ status: number; headers: IncomingMessage['headers']; body: unknown }>;
}

/** An upload whose body the caller writes, as slowly as it likes. */
export function openUpload(url: string, token: string, headers: Record<string, string> = {}): OpenUpload {
  const sending = request(`${url}/upload`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': MULTIPART_TYPE, ...headers },
  });
  const answer = readAnswer(sending);
  answer.catch(() => undefined); // whoever cuts the connection does not wait for an answer
  return { request: sending, answer };
}

async function readAnswer(sending: ClientRequest): Promise<Awaited<OpenUpload['answer']>> {
  // The event has one argument.
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await json(response) };
}
