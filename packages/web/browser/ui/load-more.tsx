import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { wordsFor } from '../state/api.ts';

interface Props {
  /** Where the next page begins. */
  cursor: string;
  load: () => Promise<void>;
}

/** The end of a list: loads the next page when it comes near the window. */
export function LoadMore({ cursor, load }: Props): JSX.Element {
  const end = useRef<HTMLDivElement>(null);
  const [reason, setReason] = useState('');
  const start = (): void => {
    setReason('');
    load().catch((error: unknown) => {
      setReason(wordsFor(error));
    });
  };
  useEffect(() => {
    const mark = end.current;
    if (mark === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) start();
      },
      { rootMargin: '1000px' },
    );
    observer.observe(mark);
    return () => {
      observer.disconnect();
    };
    // A new page moves the mark, and asks again whether it is near.
  }, [cursor]);
  return (
    <div ref={end} class="more">
      {reason === '' ? 'Loading more …' : reason}{' '}
      {reason !== '' && (
        <button type="button" class="link-button" onClick={start}>
          Try again
        </button>
      )}
    </div>
  );
}
