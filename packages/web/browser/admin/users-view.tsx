import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { wordsFor } from '../state/api.ts';
import { LoadMore } from '../ui/load-more.tsx';
import { Refused } from '../ui/refused.tsx';
import { AddUser } from './add-user.tsx';
import { UserRow } from './user-row.tsx';
import { findUsers, loadMoreUsers, nextCursor, users } from './users.ts';

/** So long nothing is typed before the server is asked. */
const PAUSE_MS = 250;

/** All accounts, with a search in their addresses. */
export function UsersView(): JSX.Element {
  const [search, setSearch] = useState('');
  const [isAdding, setAdding] = useState(false);
  const [reason, setReason] = useState('');
  const find = (): void => {
    setReason('');
    findUsers(search).catch((error: unknown) => {
      setReason(wordsFor(error));
    });
  };
  useEffect(() => {
    const timer = setTimeout(find, search === '' ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [search]);
  return (
    <section aria-labelledby="users-title">
      <h2 id="users-title" class="visually-hidden">
        Users
      </h2>
      <div class="tools">
        <input
          type="search"
          aria-label="Search in addresses"
          placeholder="Search"
          maxLength={254}
          value={search}
          onInput={({ currentTarget }) => {
            setSearch(currentTarget.value);
          }}
        />
        <button
          type="button"
          class="primary"
          onClick={() => {
            setAdding(true);
          }}
        >
          Add account
        </button>
      </div>
      {reason === '' ? <UserList search={search} /> : <Refused reason={reason} again={find} />}
      {isAdding && (
        <AddUser
          onClose={() => {
            setAdding(false);
          }}
        />
      )}
    </section>
  );
}

function UserList({ search }: { search: string }): JSX.Element {
  const shown = users.value;
  const cursor = nextCursor.value;
  return (
    <>
      <p class="visually-hidden" role="status">
        {shown !== undefined && countOf(shown.length, cursor !== null)}
      </p>
      {shown?.length === 0 ? (
        <div class="empty">
          <h3>No account is found</h3>
          <p>{search.trim() === '' ? '' : `None has “${search.trim()}” in its address.`}</p>
        </div>
      ) : (
        <ul class="users" aria-busy={shown === undefined}>
          {shown?.map((user) => (
            <UserRow key={user.id} user={user} />
          ))}
        </ul>
      )}
      {cursor !== null && <LoadMore cursor={cursor} load={loadMoreUsers} />}
    </>
  );
}

/** Told to those who do not see the list change. */
function countOf(count: number, hasMore: boolean): string {
  if (hasMore) return `The first ${count} accounts`;
  return count === 1 ? 'One account' : `${count} accounts`;
}
