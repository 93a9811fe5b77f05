import { newId } from '@clipscribe/contracts';
import { connectMongo, insertIfMissing, repeatIfUnknown, type MongoConnection } from '@clipscribe/mongo';
import type { Collection } from 'mongodb';
import { defaultSettings, type OwnerSettings } from './owner-settings.ts';
import type { OwnerStore } from './owner-store.ts';

const ROLE = { role: 'owner store', variable: 'OWNERS_URL' };

interface OwnerDocument extends Omit<OwnerSettings, 'ownerId'> {
  _id: string;
  /** Of the write, so that one whose answer was lost can be recognised. */
  stamp: string;
}

/** Owners' settings in MongoDB, a document an owner. Its only index is the one every collection has. */
export class MongoOwnerStore implements OwnerStore {
  readonly #connection: MongoConnection;
  readonly #owners: Collection<OwnerDocument>;

  private constructor(connection: MongoConnection) {
    this.#connection = connection;
    this.#owners = connection.db.collection('owners');
  }

  /** Does not wait for the server. @throws ConfigError when the address cannot be right */
  static open(url: string): MongoOwnerStore {
    return new MongoOwnerStore(connectMongo(url, ROLE));
  }

  async get(ownerId: string): Promise<OwnerSettings> {
    const found = await this.#connection.run(() => this.#owners.findOne({ _id: ownerId }));
    return found === null ? defaultSettings(ownerId) : fromDocument(found);
  }

  async replace({ ownerId, ...settings }: OwnerSettings, expectedVersion: number): Promise<boolean> {
    const stamp = newId();
    const next = { ...settings, version: expectedVersion + 1, stamp };
    return this.#connection.run(() =>
      repeatIfUnknown(async (isRepeated) => {
        const isWritten =
          expectedVersion === 0
            ? await insertIfMissing(this.#owners, { _id: ownerId, ...next })
            : (await this.#owners.replaceOne({ _id: ownerId, version: expectedVersion }, next))
                .matchedCount === 1;
        return isWritten || (isRepeated && (await this.#isOurs(ownerId, stamp)));
      }),
    );
  }

  async ping(): Promise<void> {
    await this.#connection.ping();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** The question is a write that changes nothing: it is answered only when what it sees is safe on a majority. */
  async #isOurs(ownerId: string, stamp: string): Promise<boolean> {
    const { matchedCount } = await this.#owners.updateOne({ _id: ownerId, stamp }, { $set: { stamp } });
    return matchedCount === 1;
  }
}

function fromDocument({ _id, stamp: _stamp, ...stored }: OwnerDocument): OwnerSettings {
  return { ...defaultSettings(_id), ...stored };
}
