import type { FileStore } from '@clipscribe/file-store';
import type { ProtocolPorts, Retention } from '@clipscribe/job-protocol';
import type { OwnerStore } from '@clipscribe/owner-store';
import type { Health, Metrics } from '@clipscribe/runtime';
import type { Page } from '@clipscribe/web';
import type { AddressRules } from '@clipscribe/webhooks';
import type { AuthClient } from './auth-client.ts';
import type { Authenticator } from './authenticate.ts';
import type { Quotas } from './quotas/quotas.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** What the app is built from. */
export interface GatewayDeps extends ProtocolPorts {
  files: FileStore;
  owners: OwnerStore;
  auth: AuthClient;
  metrics: Metrics;
  health: Health;
  limits: UploadLimits;
  quotas: Quotas;
  /** How long things are kept, which the views of jobs show. */
  retention: Retention;
  /** Fires when the process stops: resumable uploads then end their requests, keeping what arrived. */
  stopping?: AbortSignal;
  /** Proxies in front that say where a request comes from; none when absent. */
  trustProxy?: TrustedProxies | undefined;
  /** Origins whose pages may call the API from a browser; none when absent. */
  corsOrigins?: readonly string[];
  /** So long the headers of a request may take, and so long a body that is no upload, in ms. */
  requestMs?: number;
  /** Which hosts may be webhooks. */
  webhookRules: AddressRules;
  /** The web page; browsers get the text for everybody else when it is absent or null. */
  page?: Page | null;
  /** How often a followed job is looked at, in ms. */
  eventsPollMs: number;
  /** Times how long a checked token is remembered, in ms; the process's own monotonic clock when absent. */
  clock?: () => number;
}

export interface UploadLimits {
  /** Bytes of one upload request, all its files together. */
  maxUploadBytes: number;
  maxFiles: number;
  /** An upload that sends too little for so long is given up, in ms. */
  stallMs: number;
  /** A resumable upload that nobody goes on with for so long expires, in ms. */
  resumableMs: number;
}

/** The limits of a single request. */
export type RequestLimits = Omit<UploadLimits, 'resumableMs'>;

/** What a route works with. */
export interface RouteDeps extends GatewayDeps {
  authenticator: Authenticator;
}
