import type { RouteDocs } from '../route-doc.ts';
import { accountDocs } from './accounts.ts';
import { adminDocs } from './admin.ts';
import { jobDocs } from './jobs.ts';
import { resultDocs } from './results.ts';
import { resumableDocs } from './resumable.ts';
import { serviceDocs } from './service.ts';
import { transcriptDocs } from './transcripts.ts';
import { uploadDocs } from './uploads.ts';
import { webhookDocs } from './webhooks.ts';

/** Every route of the gateway, in the order in which people want to know of them. */
export const routeDocs: RouteDocs = {
  ...accountDocs,
  ...uploadDocs,
  ...resumableDocs,
  ...jobDocs,
  ...resultDocs,
  ...transcriptDocs,
  ...webhookDocs,
  ...adminDocs,
  ...serviceDocs,
};
