import { signal } from '@preact/signals';

/** Who is signed in, in this tab. */
export interface Session {
  email: string;
  token: string;
}

const KEY = 'clipscribe.session';

/**
 * In sessionStorage, for this tab and its reloads; in localStorage, until the token ends, for those who ask for it.
 * Scripts of the page can read both; the policy that the page is served with lets no others run.
 */
export const session = signal<Session | null>(restore());

/** True while a login that has ended is asked for again; what was under way waits for it. */
export const isExpired = signal(false);

let waiting: (() => void)[] = [];

export function signedIn(next: Session, isKept: boolean): void {
  forgetStored();
  (isKept ? localStorage : sessionStorage).setItem(KEY, JSON.stringify(next));
  session.value = next;
  isExpired.value = false;
  const resolved = waiting;
  waiting = [];
  for (const resume of resolved) resume();
}

/** Forgets everything of this person, by way of a fresh page. */
export function signedOut(): void {
  forgetStored();
  location.hash = '';
  location.reload();
}

/** Asks the person to sign in again, and resolves when that is done. `token` is the one that was refused. */
export function signInAgain(token: string): Promise<void> {
  if (session.value !== null && session.value.token !== token) return Promise.resolve();
  isExpired.value = true;
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

/** True when the login outlives the tab. */
export function isKept(): boolean {
  return localStorage.getItem(KEY) !== null;
}

function forgetStored(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}

function restore(): Session | null {
  const text = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Session; // written by signedIn
  } catch {
    return null;
  }
}
