import type { JobView } from '@clipscribe/contracts';
import type { Client } from '../../../support/client.ts';

/** What the cases of the HTTP table need to know of the server that they are sent to. */
export interface World {
  url: string;
  ada: Client;
  adaEmail: string;
  /** Somebody else. */
  eve: Client;
  /** A job of Ada's that has succeeded. */
  job: JobView;
  /** Ids of jobs and uploads that cases were right to begin; whatever else is there afterwards is a fault. */
  begun: Set<string>;
}

/** The world is made in `beforeAll`, and the tables are written before that. */
export type GetWorld = () => World;

export const bearer = ({ token }: Pick<Client, 'token'>): string => `Authorization: Bearer ${token}`;
