import { addresses, type Route } from './route.ts';
import { session } from './session.ts';

/** Names an entry of the history for as long as this page is open. */
interface Entry {
  entry: string;
}

/** How far each entry was scrolled down when it was left. */
const places = new Map<string, number>();

let here = nameEntry();
let before: Route | undefined;
/** Who has just opened the page is where browsers put them; who has signed in has come from a form that is gone. */
let isOpening = session.value !== null;

// A browser would do it before the other view is there.
history.scrollRestoration = 'manual';

addEventListener('hashchange', () => {
  places.set(here, scrollY);
  here = nameEntry();
});

/**
 * To be called when a view is there: shows it from its start, or where it was when somebody comes back to it, and takes
 * the keyboard along, which would otherwise be nowhere.
 */
export function arrive(at: Route): void {
  const from = before;
  before = at;
  if (isOpening) {
    isOpening = false;
    return;
  }
  const place = places.get(here);
  scrollTo(0, place ?? 0);
  const opened = from?.view === 'job' && at.view === 'jobs' ? addresses.job(from.id) : undefined;
  const link =
    opened === undefined ? null : document.querySelector<HTMLElement>(`.job-name[href="${opened}"]`);
  (link ?? document.getElementById('main'))?.focus({ preventScroll: place !== undefined || link === null });
}

/** @returns the name of the present entry, which gets one when it has none */
function nameEntry(): string {
  const state = history.state as Partial<Entry> | null; // nobody else sets it
  if (typeof state?.entry === 'string') return state.entry;
  const entry = String(Math.random());
  history.replaceState({ entry } satisfies Entry, '');
  return entry;
}
