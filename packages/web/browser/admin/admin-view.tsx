import type { JSX } from 'preact';
import { me } from '../state/me.ts';
import { addresses, type AdminPart } from '../state/route.ts';
import { useTitle } from '../ui/use-title.ts';
import { DeadLettersView } from './dead-letters-view.tsx';
import { UsersView } from './users-view.tsx';

/** What administrators look after. The server shows it to nobody else, so others are told whose it is. */
export function AdminView({ part }: { part: AdminPart }): JSX.Element {
  useTitle(part === 'users' ? 'Users' : 'Dead letters');
  if (me.value === null) return <p role="status">Loading …</p>;
  if (me.value.role !== 'admin') return <NotYours />;
  return (
    <>
      <header class="admin-head">
        <h1>Administration</h1>
        <nav aria-label="Administration">
          <Tab part="users" present={part} name="Users" />
          <Tab part="dead-letters" present={part} name="Dead letters" />
        </nav>
      </header>
      {part === 'users' ? <UsersView /> : <DeadLettersView />}
    </>
  );
}

function Tab({ part, present, name }: { part: AdminPart; present: AdminPart; name: string }): JSX.Element {
  return (
    <a href={addresses.admin[part]} aria-current={part === present ? 'page' : undefined}>
      {name}
    </a>
  );
}

function NotYours(): JSX.Element {
  return (
    <section class="empty">
      <h1>This page is for administrators</h1>
      <p>
        Here are <a href={addresses.jobs}>your recordings</a>.
      </p>
    </section>
  );
}
