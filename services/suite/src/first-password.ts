import { randomBytes } from 'node:crypto';
import type { Env } from '@clipscribe/runtime';
import { openUserStore } from '@clipscribe/user-store';
import type { DataFolder } from './data-folder.ts';

const NAME = 'admin-password';
const BYTES = 18;

export interface FirstPassword {
  value: string;
  /** Given by the operator, who knows it; it is not repeated anywhere. */
  isGiven: boolean;
  /** True when there is an account with this password that nobody has been told of. */
  isUnseen: boolean;
  /** It has been shown, and is not kept any longer. */
  forget: () => void;
}

/**
 * The password for the first administrator. A random one is kept on the disk from before the account is made
 * until it has been shown: a first start that fails in between must not lock everybody out.
 */
export async function firstPassword(folder: DataFolder, env: Env): Promise<FirstPassword> {
  const { ADMIN_PASSWORD, ADMIN_PASSWORD_FILE, USERS_URL = '' } = env;
  const hasAdmin = await hasAdministrator(USERS_URL);
  const forget = (): void => {
    folder.dropSecret(NAME);
  };
  if (ADMIN_PASSWORD !== undefined)
    return { value: ADMIN_PASSWORD, isGiven: true, isUnseen: !hasAdmin, forget };
  if (ADMIN_PASSWORD_FILE !== undefined) return { value: '', isGiven: true, isUnseen: false, forget };
  const kept = folder.keptSecret(NAME);
  if (hasAdmin && kept === null)
    return { value: randomBytes(BYTES).toString('base64url'), isGiven: false, isUnseen: false, forget };
  return { value: folder.secret(NAME, BYTES), isGiven: false, isUnseen: true, forget };
}

async function hasAdministrator(usersUrl: string): Promise<boolean> {
  const users = await openUserStore(usersUrl);
  try {
    return await users.hasRole('admin');
  } finally {
    await users.close();
  }
}
