import { mePatchSchema, type Me, type Principal } from '@clipscribe/contracts';
import { changeSettings, type OwnerSettings } from '@clipscribe/owner-store';
import { Router } from 'express';
import { closeUnread } from '../close-unread.ts';
import type { RouteDeps } from '../gateway-deps.ts';
import { readJson } from '../read-json.ts';
import { usedOf } from '../quotas/require-room.ts';

/** `/me`: who is asking, which mails they want, what they may use and have used. `PATCH` changes the mails. */
export function meRoute(deps: RouteDeps): Router {
  const router = Router();
  router.get(
    '/me',
    deps.authenticator.guard(async (_req, res, principal) => {
      res.json(await me(deps, principal, await deps.owners.get(principal.userId)));
    }),
  );
  router.patch(
    '/me',
    closeUnread,
    deps.authenticator.guard(async (req, res, principal) => {
      const { mail = {} } = mePatchSchema.parse(await readJson(req, res));
      const settings = await changeSettings(deps.owners, principal.userId, (current) => {
        const next = { ready: mail.ready ?? current.mail.ready, failed: mail.failed ?? current.mail.failed };
        const isSame = next.ready === current.mail.ready && next.failed === current.mail.failed;
        return isSame ? null : { ...current, mail: next };
      });
      res.json(await me(deps, principal, settings));
    }),
  );
  return router;
}

async function me(
  { jobs, quotas, limits }: RouteDeps,
  { userId, email, role }: Principal,
  { mail }: OwnerSettings,
): Promise<Me> {
  const used = usedOf(await jobs.usage(userId));
  const { maxUploadBytes: uploadBytes, maxFiles: filesPerUpload } = limits;
  return { userId, email, role, mail, limits: { ...quotas, uploadBytes, filesPerUpload }, used };
}
