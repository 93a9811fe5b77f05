import type { TempSpace } from './faults/temp-space.ts';
import type { Book } from './load/book.ts';
import type { Medium } from './load/media.ts';
import type { Samples } from './load/samples.ts';
import type { People } from './people.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Theatre } from './theatre.ts';

/** Everything that a run has at hand once it has begun. */
export interface Stage {
  theatre: Theatre;
  /** Null where no file system could be mounted for it. */
  temp: TempSpace | null;
  /** Where the converters keep what they work on. */
  workFolder: string;
  people: People;
  book: Book;
  media: readonly Medium[];
  samples: Samples;
  random: SeededRandom;
  isResumable: boolean;
}
