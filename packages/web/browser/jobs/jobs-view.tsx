import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { wordsFor } from '../state/api.ts';
import { hidden, listed, loadMore, nextCursor } from '../state/jobs.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { UploadList } from '../upload/upload-list.tsx';
import { uploads } from '../upload/uploads.ts';
import { JobRow } from './job-row.tsx';

/** The first view: where to drop files, what is on its way, and the jobs. */
export function JobsView(): JSX.Element {
  return (
    <>
      <h1 class="visually-hidden">Recordings</h1>
      <DropZone />
      <UploadList />
      <JobList />
    </>
  );
}

function JobList(): JSX.Element {
  const ids = listed.value.filter((id) => !hidden.value.has(id));
  const isLoaded = nextCursor.value !== undefined;
  if (isLoaded && ids.length === 0) return uploads.value.length === 0 ? <NothingYet /> : <></>;
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title" class="section-title">
        Your recordings
      </h2>
      <ul class="jobs" aria-busy={!isLoaded}>
        {ids.map((id) => (
          <JobRow key={id} id={id} />
        ))}
      </ul>
      <More />
    </section>
  );
}

function NothingYet(): JSX.Element {
  return (
    <section class="empty">
      <h2>Nothing here yet</h2>
      <p>Drop a recording above. A few minutes later you can listen to it, read it, and search in it.</p>
    </section>
  );
}

/** Loads the next page when its place comes near the window. */
function More(): JSX.Element | null {
  const end = useRef<HTMLDivElement>(null);
  const [reason, setReason] = useState('');
  const cursor = nextCursor.value;
  const load = (): void => {
    setReason('');
    loadMore().catch((error: unknown) => {
      setReason(wordsFor(error));
    });
  };
  useEffect(() => {
    const mark = end.current;
    if (mark === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) load();
      },
      { rootMargin: '1000px' },
    );
    observer.observe(mark);
    return () => {
      observer.disconnect();
    };
    // A new page moves the mark, and asks again whether it is near.
  }, [cursor]);
  if (typeof cursor !== 'string') return null;
  return (
    <div ref={end} class="more">
      {reason === '' ? 'Loading more …' : reason}
      {reason !== '' && (
        <button type="button" class="link-button" onClick={load}>
          Try again
        </button>
      )}
    </div>
  );
}
