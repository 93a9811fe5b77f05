import { countMessages, Worker, type ProtocolPorts } from '@clipscribe/job-protocol';
import type { OwnerStore } from '@clipscribe/owner-store';
import type { Log, Metrics } from '@clipscribe/runtime';
import { tellOwner, type TellOwnerDeps } from './handlers/tell-owner.ts';
import { MailLoginError, type Mailer } from './mailer.ts';
import { PausableConsumer } from './pausable-consumer.ts';

export interface NotificationDeps extends ProtocolPorts, TellOwnerDeps {
  owners: OwnerStore;
  metrics: Metrics;
  /** Mails that are sent at the same time. */
  slots: number;
  /** How long no message is taken after the mail server has refused our login, in milliseconds. */
  pauseMs?: number;
}

export interface NotificationWorker {
  /** Begins to take messages. */
  start: () => Promise<void>;
  /** Takes no more; resolves when the mails under way are sent or given up. May be called again. */
  finish: () => Promise<void>;
  /** Gives back what is under way now. */
  giveBack: () => void;
}

const PAUSE_MS = 60_000;

/** Binds the handler to its queue. Never connects by itself. */
export function createWorker(deps: NotificationDeps): NotificationWorker {
  const { queue, log, metrics, slots } = deps;
  const worker = new Worker(deps);
  const mailer = watchLogin(deps.mailer, (error) => {
    log.error(
      { err: error },
      'THE MAIL SERVER REFUSES OUR LOGIN: set MAIL_URL right; no mail is sent until then',
    );
    metrics.mailPaused.set(1);
    consumer.pause();
  });
  const handler = countMessages(metrics, worker.handler('mp3', tellOwner({ ...deps, mailer })));
  const consumer = new PausableConsumer({
    consume: () => queue.consume('mp3', { slots }, handler),
    mayResume: () => isLoginAccepted(deps.mailer, log),
    onResumed: () => {
      metrics.mailPaused.set(0);
    },
    pauseMs: deps.pauseMs ?? PAUSE_MS,
    log,
  });
  return {
    start: () => consumer.start(),
    finish: () => consumer.stop(),
    giveBack: () => {
      worker.giveBack();
    },
  };
}

/** The same mailer; a refused login is told as well as thrown. */
function watchLogin(mailer: Mailer, onRefused: (error: MailLoginError) => void): Mailer {
  return {
    send: async (mail) => {
      try {
        await mailer.send(mail);
      } catch (error) {
        if (error instanceof MailLoginError) onRefused(error);
        throw error;
      }
    },
    ping: () => mailer.ping(),
    close: () => mailer.close(),
  };
}

/** A server that cannot be reached is no reason to pause: mails wait for it one by one. */
async function isLoginAccepted(mailer: Mailer, log: Log): Promise<boolean> {
  try {
    await mailer.ping();
  } catch (error) {
    if (error instanceof MailLoginError) {
      log.error({ err: error }, 'the mail server still refuses our login; mails wait in the queue');
      return false;
    }
  }
  log.info('mails are sent again');
  return true;
}
