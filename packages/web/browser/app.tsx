import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { AccountView } from './account/account-view.tsx';
import { SignIn } from './account/sign-in.tsx';
import { SignInAgain } from './account/sign-in-again.tsx';
import { AdminView } from './admin/admin-view.tsx';
import { JobPage } from './job/job-page.tsx';
import { JobsView } from './jobs/jobs-view.tsx';
import { announcement } from './state/announce.ts';
import { arrive } from './state/arrive.ts';
import { isReachable } from './state/connection.ts';
import { followJobs } from './state/follow-jobs.ts';
import { loadMe, me } from './state/me.ts';
import { addresses, route } from './state/route.ts';
import { session } from './state/session.ts';
import { ConnectionBanner } from './ui/connection-banner.tsx';
import { Icon } from './ui/icons.tsx';
import { Toaster } from './ui/toaster.tsx';
import { storedUploads } from './upload/stored-uploads.ts';

/** Who somebody is was not answered: then it is asked for again. */
const ME_AGAIN_MS = 3000;

export function App(): JSX.Element {
  return (
    <>
      {session.value === null ? <SignIn /> : <SignedIn />}
      <ConnectionBanner />
      <p class="visually-hidden" role="status">
        {announcement.value}
      </p>
      <Toaster />
    </>
  );
}

function SignedIn(): JSX.Element {
  useEffect(() => {
    const stop = new AbortController();
    void followJobs(stop.signal);
    void storedUploads.show().catch(() => undefined);
    return () => {
      stop.abort();
    };
  }, []);
  const reachable = isReachable.value;
  useEffect(() => {
    if (!reachable || me.value !== null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void =>
      void loadMe().catch(() => {
        timer = setTimeout(load, ME_AGAIN_MS);
      });
    load();
    return () => {
      clearTimeout(timer);
    };
  }, [reachable]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <Top />
      <main id="main" tabIndex={-1}>
        <View />
      </main>
      <SignInAgain />
    </>
  );
}

function Top(): JSX.Element {
  const { view } = route.value;
  const isAdmin = me.value?.role === 'admin';
  return (
    <header class={isAdmin ? 'top is-crowded' : 'top'}>
      <a class="brand" href={addresses.jobs}>
        <Logo /> <span>clipscribe</span>
      </a>
      <nav aria-label="Main">
        {/* It comes when the account is known: at this end of the row, where it moves nothing. */}
        {isAdmin && (
          <a href={addresses.admin.users} aria-current={view === 'admin' ? 'page' : undefined}>
            Administration
          </a>
        )}
        <a href={addresses.jobs} aria-current={view === 'jobs' ? 'page' : undefined}>
          Recordings
        </a>
        <a href={addresses.account} aria-current={view === 'account' ? 'page' : undefined}>
          <Icon name="person" /> Account
        </a>
      </nav>
    </header>
  );
}

function View(): JSX.Element {
  const here = route.value;
  useLayoutEffect(() => {
    arrive(here);
  }, [here]);
  switch (here.view) {
    case 'job':
      return <JobPage key={here.id} id={here.id} />;
    case 'account':
      return <AccountView />;
    case 'admin':
      return <AdminView part={here.part} />;
    case 'jobs':
      return <JobsView />;
  }
}

function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 14v4M12 9.5v13M17 12.5v7M22 7.5v17M26 14v4" />
    </svg>
  );
}
