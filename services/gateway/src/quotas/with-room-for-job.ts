import { newId } from '@clipscribe/contracts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { areLimited } from './quotas.ts';
import { requireRoom } from './require-room.ts';

/**
 * Sends an ended job back to work if its owner may have one more at once. The place is reserved meanwhile, as by an
 * upload; what a crash leaves of that, the sweeper removes.
 * @throws HttpProblem TOO_MANY_JOBS, MINUTES_USED_UP, STORAGE_QUOTA_EXCEEDED; UnavailableError
 */
export async function withRoomForJob<T>(
  deps: GatewayDeps,
  ownerId: string,
  start: () => Promise<T>,
): Promise<T> {
  if (!areLimited(deps.quotas)) return start();
  const intentId = newId();
  await deps.jobs.openIntent({ id: intentId, ownerId, fileIds: [], reservedJobs: 1 });
  try {
    await requireRoom(deps, ownerId, { intentId, bytes: 0, jobs: 1 }, { olderOnly: true });
    return await start();
  } finally {
    await deps.jobs.dropIntent(intentId).catch((error: unknown) => {
      deps.log.warn({ intentId, err: error }, 'reservation left to the sweeper');
    });
  }
}
