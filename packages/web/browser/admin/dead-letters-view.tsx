import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX, RefObject } from 'preact';
import { wordsFor } from '../state/api.ts';
import { Refused } from '../ui/refused.tsx';
import { DeadLetterRow } from './dead-letter-row.tsx';
import { deadLetters, hasMore, loadDeadLetters, queueWords, type Queue } from './dead-letters.ts';
import { ReplayAll } from './replay-all.tsx';

const queues = Object.keys(queueWords) as Queue[]; // the keys of that table

/** Messages that no service could handle. */
export function DeadLettersView(): JSX.Element {
  const [queue, setQueue] = useState<Queue | ''>('');
  const [reason, setReason] = useState('');
  const title = useRef<HTMLHeadingElement>(null);
  const load = (): void => {
    setReason('');
    loadDeadLetters(queue).catch((error: unknown) => {
      setReason(wordsFor(error));
    });
  };
  const shown = deadLetters.value;
  // All that are shown are dealt with: the next ones.
  const wantsNext = shown?.length === 0 && hasMore.value;
  useEffect(load, [queue, wantsNext]);
  return (
    <section aria-labelledby="letters-title">
      <h2 id="letters-title" class="visually-hidden" ref={title} tabIndex={-1}>
        Dead letters
      </h2>
      <div class="tools">
        <select
          aria-label="Queue"
          value={queue}
          onChange={({ currentTarget }) => {
            setQueue(queues.find((name) => name === currentTarget.value) ?? '');
          }}
        >
          <option value="">All queues</option>
          {queues.map((name) => (
            <option key={name} value={name}>
              {queueWords[name]}
            </option>
          ))}
        </select>
        <button type="button" onClick={load}>
          Refresh
        </button>
        <ReplayAll onDone={load} />
      </div>
      {reason === '' ? <List title={title} /> : <Refused reason={reason} again={load} />}
    </section>
  );
}

function List({ title }: { title: RefObject<HTMLElement | null> }): JSX.Element {
  const shown = deadLetters.value;
  if (shown?.length === 0 && !hasMore.value) {
    return (
      <div class="empty">
        <h3>No dead letters</h3>
        <p>Messages that nothing could handle would be here.</p>
      </div>
    );
  }
  return (
    <>
      <ul class="letters" aria-busy={shown === undefined}>
        {shown?.map((letter) => (
          <DeadLetterRow key={letter.id} letter={letter} title={title} />
        ))}
      </ul>
      {hasMore.value && <p class="more">There are more; these are the oldest.</p>}
    </>
  );
}
