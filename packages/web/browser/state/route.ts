import { signal } from '@preact/signals';

export type AdminPart = 'users' | 'dead-letters';

/**
 * What the page shows, told by the part of the address behind `#`: `#/jobs/ID`, `#/account`, `#/admin`,
 * `#/admin/dead-letters`, or the list of jobs.
 */
export type Route =
  { view: 'jobs' } | { view: 'job'; id: string } | { view: 'account' } | { view: 'admin'; part: AdminPart };

export const addresses = {
  jobs: '#/',
  account: '#/account',
  admin: { users: '#/admin', 'dead-letters': '#/admin/dead-letters' },
  job: (id: string): string => `#/jobs/${id}`,
} as const;

export function parseRoute(hash: string): Route {
  const job = /^#\/jobs\/([\w-]+)$/.exec(hash)?.[1];
  if (job !== undefined) return { view: 'job', id: job };
  if (hash === addresses.admin.users) return { view: 'admin', part: 'users' };
  if (hash === addresses.admin['dead-letters']) return { view: 'admin', part: 'dead-letters' };
  return { view: hash === addresses.account ? 'account' : 'jobs' };
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});
