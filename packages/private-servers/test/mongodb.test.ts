import { expect, it } from '@jest/globals';
import { describeWithPrivateServer } from '@clipscribe/private-servers/testing';
import { MongoClient } from 'mongodb';

const journaled = { writeConcern: { w: 'majority', journal: true } } as const;

async function withClient<T>(url: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, retryWrites: false });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Writes numbers, one after the other, until the server is gone; returns those that it acknowledged. */
async function writeUntilGone(url: string, writer: number, onFirst: () => void): Promise<string[]> {
  return withClient(url, async (client) => {
    const numbers = client.db('test').collection<{ _id: string }>('numbers', journaled);
    const acknowledged: string[] = [];
    try {
      for (;;) {
        const _id = `${writer}-${acknowledged.length}`;
        await numbers.insertOne({ _id });
        acknowledged.push(_id);
        onFirst();
      }
    } catch {
      return acknowledged;
    }
  });
}

describeWithPrivateServer('mongodb', 'a private MongoDB', (server) => {
  it('lets in its administrator, and nobody without the password', async () => {
    const { url } = server();
    await withClient(url, (client) => client.db('test').collection('some').insertOne({}));
    const open = new URL(url);
    open.username = open.password = '';
    const refused = { code: 13 };
    await withClient(open.href, async (client) => {
      await expect(client.db('test').collection('some').insertOne({})).rejects.toMatchObject(refused);
      await expect(client.db('test').collection('some').findOne()).rejects.toMatchObject(refused);
      await expect(client.db('admin').command({ usersInfo: 1 })).rejects.toMatchObject(refused);
    });
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await withClient(wrong.href, async (client) => {
      await expect(client.db('test').collection('some').findOne()).rejects.toMatchObject({ code: 18 });
    });
  });

  it('lets one of many who compare and set win', async () => {
    const { url } = server();
    const id = { _id: 'one' };
    await withClient(url, (client) => client.db('test').collection<{ _id: string }>('jobs').insertOne(id));
    const claim = (client: MongoClient): Promise<unknown> =>
      client
        .db('test')
        .collection<{ _id: string; by?: string }>('jobs')
        .findOneAndUpdate({ ...id, by: { $exists: false } }, { $set: { by: 'me' } });
    const claims = await Promise.all(Array.from({ length: 10 }, () => withClient(url, claim)));
    expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
  });

  it('has every acknowledged write after it was killed at work, at the same address', async () => {
    for (const round of [1, 2, 3]) {
      const writing = Promise.withResolvers<undefined>();
      const writers = [1, 2, 3].map((writer) =>
        writeUntilGone(server().url, 10 * round + writer, () => {
          writing.resolve(undefined);
        }),
      );
      await writing.promise;
      await server().signal('SIGKILL');
      const acknowledged = (await Promise.all(writers)).flat();
      expect(acknowledged.length).toBeGreaterThan(0);
      await server().restart();
      const found = await withClient(server().url, (client) =>
        client.db('test').collection<{ _id: string }>('numbers').distinct('_id'),
      );
      expect(found).toEqual(expect.arrayContaining(acknowledged));
    }
  });

  it('goes on after it was stopped and continued', async () => {
    await withClient(server().url, async (client) => {
      await client.db('test').command({ ping: 1 });
      await server().signal('SIGSTOP');
      const answer = client.db('test').command({ ping: 1 });
      await server().signal('SIGCONT');
      await expect(answer).resolves.toMatchObject({ ok: 1 });
    });
  });

  it('ends in good order, and starts again with its data', async () => {
    await withClient(server().url, (client) =>
      client.db('test').collection<{ _id: string }>('kept').insertOne({ _id: 'kept' }),
    );
    await server().stop();
    expect(await server().ended()).toBe(0);
    await server().restart();
    const found = await withClient(server().url, (client) => client.db('test').collection('kept').findOne());
    expect(found).toEqual({ _id: 'kept' });
  });
});
