import { v7 } from 'uuid';
import { z } from 'zod';

/** Every id the suite hands out: a UUID version 7 (RFC 9562), so ids sort by the time of their making. */
export const idSchema = z
  .uuidv7()
  .meta({ id: 'Id', description: 'A UUID version 7: ids sort by the time of their making.' });

/** A fresh id. Its 74 random bits make it unguessable, yet no access check relies on that. */
export function newId(): string {
  return v7();
}

/** True when `text` has the form of an id; anything else can be answered 404 without asking a store. */
export function isId(text: string): boolean {
  return idSchema.safeParse(text).success;
}
