import { once } from 'node:events';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface MailSink {
  stop: () => Promise<void>;
}

/**
 * An SMTP server on loopback that keeps every mail as an .eml file of its own, in the order of their coming, instead
 * of delivering it. A mail that comes twice is there twice.
 */
export async function startMailSink(folder: string, port: number): Promise<MailSink> {
  await mkdir(folder, { recursive: true });
  let count = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      const name = `${String(Date.now())}-${String((count += 1))}.eml`;
      buffer(stream)
        .then((mail) => keep(folder, name, mail))
        .then(() => {
          done();
        }, done);
    },
  });
  // A client that breaks off is no reason to end.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** Never a half-written mail under its final name. */
async function keep(folder: string, name: string, mail: Buffer): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.part`, mail, { flush: true });
  await rename(`${path}.part`, path);
}
