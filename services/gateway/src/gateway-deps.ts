import type { FileStore } from '@clipscribe/file-store';
import type { ProtocolPorts } from '@clipscribe/job-protocol';
import type { Health, Metrics } from '@clipscribe/runtime';
import type { AuthClient } from './auth-client.ts';
import type { Authenticator } from './authenticate.ts';

/** What the app is built from. */
export interface GatewayDeps extends ProtocolPorts {
  files: FileStore;
  auth: AuthClient;
  metrics: Metrics;
  health: Health;
  limits: UploadLimits;
  /** How often a followed job is looked at, in ms. */
  eventsPollMs: number;
  /** Times how long a checked token is remembered, in ms; the process's own monotonic clock when absent. */
  clock?: () => number;
}

export interface UploadLimits {
  /** Bytes of one upload request, all its files together. */
  maxUploadBytes: number;
  maxFiles: number;
  /** An upload that sends nothing for so long is given up, in ms. */
  stallMs: number;
}

/** What a route works with. */
export interface RouteDeps extends GatewayDeps {
  authenticator: Authenticator;
}
