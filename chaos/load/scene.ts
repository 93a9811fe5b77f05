import type { SeededRandom } from '../seeded-random.ts';
import type { Book, TrackedJob } from './book.ts';
import type { Medium } from './media.ts';
import type { Person } from './person.ts';
import type { Samples } from './samples.ts';

export interface ActorOptions {
  person: Person;
  /** Another user, who must not see anything of this one. */
  stranger: Person;
  book: Book;
  media: readonly Medium[];
  samples: Samples;
  random: SeededRandom;
  /** Whether the gateways take resumable uploads. */
  isResumable: boolean;
  onBreach: (subject: string, what: string) => void;
}

/** What one action has to work with. */
export interface Scene extends ActorOptions {
  /** Decides everything about this one action; of its own, so that it does not depend on how those before went. */
  random: SeededRandom;
  /** Name for a file that no other upload has. */
  name: string;
  /** This person's jobs, the oldest first. */
  jobs: () => TrackedJob[];
}
