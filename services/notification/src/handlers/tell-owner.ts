import { JobFailure, type Job, type Message } from '@clipscribe/contracts';
import {
  claimNotice,
  jobSlot,
  noticeAttemptFailed,
  noticeGivenBack,
  noticeSent,
  noticeSkipped,
  type Change,
  type Work,
  type WorkContext,
} from '@clipscribe/job-protocol';
import type { OwnerStore } from '@clipscribe/owner-store';
import { inSpan } from '@clipscribe/runtime';
import type { MailAddress } from '../mail-address.ts';
import { describeJob, NothingToTellError } from '../mail-content.ts';
import {
  MailLoginError,
  MailRejectedError,
  MailUnavailableError,
  type Mail,
  type Mailer,
} from '../mailer.ts';
import { renderMail } from '../render-mail.ts';

export interface TellOwnerDeps {
  owners: Pick<OwnerStore, 'get'>;
  mailer: Mailer;
  from: MailAddress;
  /** Where owners reach the gateway, without a slash at the end. */
  baseUrl: string;
  /** ms since the epoch; dates the mails. */
  clock: () => number;
}

/** The last step of a job: its owner is told how it ended, in one mail with one Message-ID per run. */
export function tellOwner(deps: TellOwnerDeps): (message: Message<'mp3'>) => Work {
  return () => ({
    slot: jobSlot,
    claim: claimNotice,
    isLasting: true,
    attemptFailed: noticeAttemptFailed,
    givenBack: noticeGivenBack,
    run: (context) => sendNotice(deps, context),
  });
}

async function sendNotice(deps: TellOwnerDeps, { job, lease }: WorkContext): Promise<Change> {
  try {
    const mail = mailFor(deps, job);
    if (!(await isWanted(deps, job))) return noticeSkipped;
    lease.signal.throwIfAborted();
    await inSpan('send mail', { kind: 'client' }, () => orAborted(deps.mailer.send(mail), lease.signal));
    return noticeSent;
  } catch (error) {
    throw asMailFailure(error);
  }
}

/** Asked right before the sending: what the owner has chosen by now counts, not what it was when the job ended. */
async function isWanted({ owners }: TellOwnerDeps, { ownerId, notice }: Job): Promise<boolean> {
  const { mail } = await owners.get(ownerId);
  return notice === undefined || mail[notice.kind];
}

/** Made from the job, not from the message: messages may be old or doubled. @throws NothingToTellError */
function mailFor({ from, baseUrl, clock }: TellOwnerDeps, job: Job): Mail {
  if (job.notice === undefined) throw new NothingToTellError(job);
  const { messageId } = job.notice;
  return {
    messageId,
    from,
    to: job.ownerEmail,
    date: new Date(clock()),
    ...renderMail(describeJob(job, baseUrl)),
  };
}

/**
 * Stops waiting for a mail server that does not come to an end before we do. It may take the mail all the
 * same; the copy that is sent later carries the same Message-ID.
 */
async function orAborted(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(new DOMException('the lease on the mail has ended', 'AbortError'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([sending, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A refused login is about us, not about the mail: the same mail goes once the operator has set it right. */
function asMailFailure(error: unknown): unknown {
  if (error instanceof MailRejectedError || error instanceof NothingToTellError) {
    return new JobFailure('MAIL_REJECTED', { detail: error.message, cause: error });
  }
  if (error instanceof MailUnavailableError || error instanceof MailLoginError) {
    return new JobFailure('MAIL_UNAVAILABLE', { detail: error.message, cause: error });
  }
  return error;
}
