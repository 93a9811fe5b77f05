import type { Collection, Document, InsertOneOptions, OptionalUnlessRequiredId } from 'mongodb';
import { isDuplicateKey } from './as-mongo-error.ts';

/** Inserts a document; false when a unique index refused it, so that one like it was there before. */
export async function insertIfMissing<T extends Document>(
  collection: Collection<T>,
  document: OptionalUnlessRequiredId<T>,
  options: InsertOneOptions = {},
): Promise<boolean> {
  try {
    await collection.insertOne(document, options);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
