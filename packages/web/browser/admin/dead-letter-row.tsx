import type { DeadLetterView } from '@clipscribe/contracts';
import { useId, useRef } from 'preact/hooks';
import type { JSX, RefObject } from 'preact';
import { now } from '../state/now.ts';
import { addresses } from '../state/route.ts';
import { ago, moment } from '../state/words.ts';
import { focusBeside } from '../ui/focus-beside.ts';
import { discardLater, queueWords, replay } from './dead-letters.ts';
import { indentJson } from './indent-json.ts';

interface Props {
  letter: DeadLetterView;
  /** Where the keyboard goes when the last row is gone. */
  title: RefObject<HTMLElement | null>;
}

/** A message that could not be handled: why, what it says, and what can be done with it. */
export function DeadLetterRow({ letter, title }: Props): JSX.Element {
  const { id, queue, jobId, deadAt, reason, body } = letter;
  const row = useRef<HTMLLIElement>(null);
  const reasonId = useId();
  const leave = (): void => {
    if (row.current !== null) focusBeside(row.current, title.current);
  };
  return (
    <li ref={row} class="letter">
      <div class="letter-main">
        <p id={reasonId} class="letter-reason">
          {reason}
        </p>
        <p class="job-facts">
          {queueWords[queue]}
          {deadAt !== undefined && (
            <>
              {' · '}
              <time dateTime={deadAt} title={moment(deadAt)}>
                {ago(deadAt, now.value)}
              </time>
            </>
          )}
          {jobId !== undefined && (
            <>
              {' · '}
              <a href={addresses.job(jobId)}>The recording</a>
            </>
          )}
        </p>
      </div>
      <div class="actions">
        <button
          type="button"
          aria-describedby={reasonId}
          onClick={() => {
            leave();
            void replay(id);
          }}
        >
          Try again
        </button>
        <button
          type="button"
          aria-describedby={reasonId}
          onClick={() => {
            leave();
            discardLater(id);
          }}
        >
          Discard
        </button>
      </div>
      <details>
        <summary>Message</summary>
        <pre tabIndex={0} role="region" aria-label="The message">
          {indentJson(body)}
        </pre>
      </details>
    </li>
  );
}
