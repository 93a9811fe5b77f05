import type { JSX } from 'preact';
import { allJobs, isSearching, listFailure, shown } from '../state/job-lists.ts';
import { JOBS_A_PAGE, type JobPages } from '../state/job-pages.ts';
import { hidden } from '../state/jobs.ts';
import { LoadMore } from '../ui/load-more.tsx';
import { useTitle } from '../ui/use-title.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { UploadList } from '../upload/upload-list.tsx';
import { uploads } from '../upload/uploads.ts';
import { JobRow } from './job-row.tsx';
import { JobSearch } from './job-search.tsx';

/** The first view: where to drop files, what is on its way, and the jobs. */
export function JobsView(): JSX.Element {
  useTitle('Recordings');
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
  const isLoaded = allJobs.nextCursor.value !== undefined;
  const hasJobs = visible(allJobs).length > 0;
  if (isLoaded && !hasJobs) return uploads.value.length === 0 ? <NothingYet /> : <></>;
  return (
    <section aria-labelledby="jobs-title">
      <div class="list-head">
        <h2 id="jobs-title" class="section-title">
          Your recordings
        </h2>
        {hasJobs && <JobSearch />}
      </div>
      {!isLoaded && listFailure.value !== '' && (
        <p class="empty" role="status">
          {listFailure.value} It is tried again by itself.
        </p>
      )}
      <Rows pages={shown.value} isBusy={!isLoaded || isSearching.value} />
    </section>
  );
}

function Rows({ pages, isBusy }: { pages: JobPages; isBusy: boolean }): JSX.Element {
  const ids = visible(pages);
  const cursor = pages.nextCursor.value;
  const isEmpty = ids.length === 0 && pages.search !== '';
  return (
    <>
      <p class={isEmpty ? 'empty' : 'visually-hidden'} role="status">
        {outcome(pages, ids.length)}
      </p>
      {!isEmpty && (
        // Another search is another list: its rows are new ones, not old ones that move.
        <ul key={pages.search} class="jobs" aria-busy={isBusy}>
          {ids.map((id) => (
            <JobRow key={id} id={id} />
          ))}
        </ul>
      )}
      {typeof cursor === 'string' && (
        <LoadMore key={pages.search} cursor={cursor} load={() => pages.loadMore()} />
      )}
    </>
  );
}

const visible = (pages: JobPages): string[] => pages.ids.value.filter((id) => !hidden.value.has(id));

/** What a search has come to, for those too who do not see the list. */
function outcome({ search, nextCursor }: JobPages, count: number): string {
  if (search === '') return '';
  if (count === 0) return `No recording is called “${search}”.`;
  if (nextCursor.value !== null) return `More than ${JOBS_A_PAGE} recordings found.`;
  return count === 1 ? '1 recording found.' : `${count} recordings found.`;
}

function NothingYet(): JSX.Element {
  return (
    <section class="empty">
      <h2>Nothing here yet</h2>
      <p>Drop a recording above. A few minutes later you can listen to it, read it, and search in it.</p>
    </section>
  );
}
