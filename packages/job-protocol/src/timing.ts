const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** All in milliseconds; the first four are given by the protocol's description in docs/decisions.md. */
export const LEASE_MS = 60 * SECOND;
export const RENEW_MS = 20 * SECOND;
export const SWEEP_MS = 15 * SECOND;
/** So long the one who wrote an outbox entry has to publish it before the sweeper does. */
export const PUBLISH_GRACE_MS = 5 * SECOND;
/** How often a worker looks whether its job was cancelled, between renewals. */
export const LEASE_CHECK_MS = 2 * SECOND;
/** A published message that nobody acted on for so long counts as lost and is published again. */
export const REQUEUE_MS = 15 * MINUTE;
/** A deleted job's row stays so long, so that its late messages are told from poison. */
export const TOMBSTONE_MS = 24 * HOUR;
/** A running upload touches its intent every `INTENT_TOUCH_MS`; after `INTENT_STALE_MS` its gateway is dead. */
export const INTENT_TOUCH_MS = 20 * SECOND;
export const INTENT_STALE_MS = 3 * MINUTE;
/** A file younger than this may belong to a transition that is just being written. */
export const ORPHAN_AGE_MS = HOUR;
export const PARTIAL_AGE_MS = 24 * HOUR;
/** Mail is tried for a day, then given up. */
export const NOTICE_LIMIT_MS = 24 * HOUR;
/** Clocks of broker and database may differ by this much when a delayed message arrives. */
export const RETRY_TOLERANCE_MS = 5 * SECOND;
