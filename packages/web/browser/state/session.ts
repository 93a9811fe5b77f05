import { signal } from '@preact/signals';

/** Who is signed in, in this tab. */
export interface Session {
  email: string;
  token: string;
}

const KEY = 'clipscribe.session';

/** Undefined where the browser was told to keep nothing of any site: it throws then. */
function storage(name: 'sessionStorage' | 'localStorage'): Storage | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}

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
  store(isKept ? 'localStorage' : 'sessionStorage', next);
  session.value = next;
  isExpired.value = false;
  const resolved = waiting;
  waiting = [];
  for (const resume of resolved) resume();
}

/** True from the moment at which somebody has signed out on. */
let isLeaving = false;

/** Forgets everything of this person, by way of a fresh page. */
export function signedOut(): void {
  isLeaving = true;
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

/** Where there is no room left, the login lasts until the page is closed. */
function store(name: 'sessionStorage' | 'localStorage', next: Session): void {
  try {
    storage(name)?.setItem(KEY, JSON.stringify(next));
  } catch {
    // As where the browser keeps nothing.
  }
}

/** True when the login outlives the tab. */
export function isKept(): boolean {
  return typeof storage('localStorage')?.getItem(KEY) === 'string';
}

function forgetStored(): void {
  storage('sessionStorage')?.removeItem(KEY);
  storage('localStorage')?.removeItem(KEY);
}

function restore(): Session | null {
  const text = storage('sessionStorage')?.getItem(KEY) ?? storage('localStorage')?.getItem(KEY) ?? null;
  if (text === null) return null;
  try {
    return JSON.parse(text) as Session; // written by signedIn
  } catch {
    return null;
  }
}

/** Whether the page is about to be left because somebody has signed out. */
export function isSigningOut(): boolean {
  return isLeaving;
}
