import { signal } from '@preact/signals';

/** What the page shows, told by the part of the address behind `#`: `#/jobs/ID`, `#/account`, or the list of jobs. */
export type Route = { view: 'jobs' } | { view: 'job'; id: string } | { view: 'account' };

export function parseRoute(hash: string): Route {
  const job = /^#\/jobs\/([\w-]+)$/.exec(hash)?.[1];
  if (job !== undefined) return { view: 'job', id: job };
  return { view: hash === '#/account' ? 'account' : 'jobs' };
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
  scrollTo(0, 0);
});

export const addresses = {
  jobs: '#/',
  account: '#/account',
  job: (id: string): string => `#/jobs/${id}`,
};
