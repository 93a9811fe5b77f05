import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StartError } from '@clipscribe/runtime';
import { FileMailer, outboxName } from '../src/adapters/file-mailer.ts';
import { MailUnavailableError } from '../src/mailer.ts';
import { describeMailer } from '../testing/mailer-contract.ts';
import { sampleMail } from '../testing/sample-mail.ts';

async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'clipscribe-outbox-'));
}

describeMailer('file', async () => {
  const root = await makeFolder();
  const folder = join(root, 'deep', 'outbox');
  return {
    mailer: await FileMailer.open(folder),
    received: async () =>
      Promise.all((await readdir(folder)).map(async (name) => readFile(join(folder, name)))),
    dispose: async () => rm(root, { recursive: true }),
  };
});

describe('FileMailer', () => {
  let root: string;

  beforeEach(async () => {
    root = await makeFolder();
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it('replaces the first copy with the second, also when both are written at once', async () => {
    const mailer = await FileMailer.open(root);
    const mail = sampleMail({ messageId: '<job-1.ready@clipscribe>' });
    await mailer.send(mail);
    await Promise.all([
      mailer.send(mail),
      mailer.send(mail),
      mailer.send({ ...mail, messageId: 'job-1.ready@clipscribe' }),
    ]);
    expect(await readdir(root)).toEqual(['job-1.ready@clipscribe.eml']);
  });

  it('writes below the folder whatever the Message-ID is', async () => {
    const folder = join(root, 'outbox');
    const mailer = await FileMailer.open(folder);
    await mailer.send(sampleMail({ messageId: '<../../etc/passwd@x>' }));
    expect(await readdir(root)).toEqual(['outbox']);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('says that it is unavailable when the folder cannot be written, and leaves nothing behind', async () => {
    const folder = join(root, 'outbox');
    const mailer = await FileMailer.open(folder);
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    await expect(mailer.ping()).rejects.toThrow(MailUnavailableError);
    await expect(mailer.send(sampleMail())).rejects.toMatchObject({
      name: 'MailUnavailableError',
      code: 'MAIL_UNAVAILABLE',
      cause: expect.objectContaining({ code: 'EEXIST' }),
    });
    await rm(folder);
    await mailer.send(sampleMail());
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('leaves no temporary file when the mail cannot take its place', async () => {
    const mailer = await FileMailer.open(root);
    const mail = sampleMail({ messageId: '<a@b>' });
    await FileMailer.open(join(root, 'a@b.eml', 'not-empty'));
    await expect(mailer.send(mail)).rejects.toThrow(MailUnavailableError);
    expect(await readdir(root)).toEqual(['a@b.eml']);
  });

  it('removes what a killed process left long ago, and nothing else', async () => {
    const leftover = '.0190a5c1-0000-7000-8000-000000000000.tmp';
    const fresh = '.0190a5c1-0000-7000-8000-000000000001.tmp';
    const mail = 'job-1@clipscribe.eml';
    for (const name of [leftover, fresh, mail]) await writeFile(join(root, name), 'x');
    for (const name of [leftover, mail]) await utimes(join(root, name), 0, 0);
    await FileMailer.open(root);
    expect((await readdir(root)).toSorted()).toEqual([fresh, mail]);
  });

  it('refuses to start when the folder cannot be made', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(FileMailer.open(join(root, 'file', 'outbox'))).rejects.toThrow(StartError);
  });
});

describe('outboxName', () => {
  it('is the Message-ID where that is a safe name', () => {
    expect(outboxName('<0190a5c1.ready.1@clipscribe>')).toBe('0190a5c1.ready.1@clipscribe.eml');
  });

  it('differs for ids that differ only in unsafe characters or past the length that is kept', () => {
    const ids = [
      '<a/b@x>',
      '<a:b@x>',
      '<a_b@x>',
      `<${'a'.repeat(300)}@x>`,
      `<${'a'.repeat(300)}@y>`,
      '<>',
      '<..>',
    ];
    const names = ids.map(outboxName);
    expect(new Set(names).size).toBe(ids.length);
    for (const name of names) expect(name).toMatch(/^[\w@+-][\w.@+-]{0,180}\.eml$/);
  });
});
