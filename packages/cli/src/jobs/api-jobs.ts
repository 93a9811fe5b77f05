import { jobListSchema, jobViewSchema, type JobView, type VisibleState } from '@clipscribe/contracts';
import type { Account } from '../session/account.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** The most that the server gives at a time. */
const PAGE = 100;

/** The path of a job. @throws CliError NOT_FOUND for what can be no id, so that it is never part of another address */
export function jobPath(id: string): string {
  if (/^[0-9a-f-]{36}$/i.test(id)) return `/jobs/${id}`;
  throw new CliError('NOT_FOUND', `${id} is not the id of a job`, { exitCode: exitCodes.notFound });
}

export function getJob(account: Account, id: string): Promise<JobView> {
  return account.json({ path: jobPath(id) }, jobViewSchema);
}

/** Which jobs, and behind which one to begin. */
interface Filter {
  state?: VisibleState | undefined;
  search?: string | undefined;
  cursor?: string | undefined;
}

/** The user's jobs, newest first, page by page as far as they are asked for. */
export async function* listJobs(
  account: Account,
  { state, search, cursor }: Filter = {},
  page: number = PAGE,
): AsyncGenerator<JobView> {
  let next = cursor ?? null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(page, PAGE)) });
    if (next !== null) query.set('cursor', next);
    if (state !== undefined) query.set('state', state);
    if (search !== undefined) query.set('search', search);
    const { jobs, nextCursor } = await account.json({ path: `/jobs?${query.toString()}` }, jobListSchema);
    yield* jobs;
    next = nextCursor;
  } while (next !== null);
}
