import type { AddedUser, ResetPassword, UserPage, UserView } from '@clipscribe/contracts';
import { signal } from '@preact/signals';
import { ask } from '../state/api.ts';

/** The accounts of the list, oldest first, as far as it was loaded; undefined before the first page. */
export const users = signal<readonly UserView[] | undefined>(undefined);

/** Where the next page begins; null when all are there. */
export const nextCursor = signal<string | null>(null);

let search = '';
let asking = new AbortController();

/** Loads the first page of those with this in their address; what was asked for before no longer counts. @throws Refusal, Unreachable */
export async function findUsers(text: string): Promise<void> {
  search = text.trim();
  asking.abort();
  asking = new AbortController();
  await load({}, (page) => page);
}

/** Loads the page behind the last one. @throws Refusal, Unreachable */
export async function loadMoreUsers(): Promise<void> {
  const cursor = nextCursor.value;
  if (cursor === null) return;
  await load({ cursor }, (page) => {
    const shown = users.value ?? [];
    const ids = new Set(shown.map(({ id }) => id));
    return [...shown, ...page.filter(({ id }) => !ids.has(id))];
  });
}

async function load(
  place: { cursor?: string },
  join: (page: readonly UserView[]) => readonly UserView[],
): Promise<void> {
  const stop = asking.signal;
  const query = new URLSearchParams({ ...place, ...(search === '' ? {} : { search }) });
  try {
    const page = await ask<UserPage>(`/admin/users?${query.toString()}`, { signal: stop });
    if (stop.aborted) return;
    users.value = join(page.users);
    nextCursor.value = page.nextCursor;
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

export interface NewUser {
  user: UserView;
  /** Nobody can ask for it a second time. */
  password: string;
}

/** Adds an account, and shows it where it belongs: as the newest one. @throws Refusal, Unreachable */
export async function addUser(email: string, role: UserView['role']): Promise<NewUser> {
  const json = { email, role };
  const { password, ...user } = await ask<AddedUser>('/admin/users', { method: 'POST', json });
  const belongs = nextCursor.value === null && user.email.includes(search.toLowerCase());
  if (belongs) users.value = [...(users.value ?? []), user];
  return { user, password };
}

/** @throws Refusal, Unreachable */
export async function setDisabled(id: string, disabled: boolean): Promise<void> {
  const changed = await ask<UserView>(`/admin/users/${id}`, { method: 'PATCH', json: { disabled } });
  users.value = users.value?.map((user) => (user.id === id ? changed : user));
}

/** @returns the new password @throws Refusal, Unreachable */
export async function resetPassword(id: string): Promise<string> {
  return (await ask<ResetPassword>(`/admin/users/${id}/reset-password`, { method: 'POST' })).password;
}
