import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { call } from '../state/api.ts';
import { tell } from '../state/job-actions.ts';
import { changeMails, loadMe, me } from '../state/me.ts';
import { session, signedOut } from '../state/session.ts';
import { bytes } from '../state/words.ts';
import { Switch } from '../ui/switch.tsx';
import { useTitle } from '../ui/use-title.ts';
import { PasswordForm } from './password-form.tsx';
import { Webhooks } from './webhooks.tsx';

/** What belongs to the person: limits, mails, webhooks, password. */
export function AccountView(): JSX.Element {
  useTitle('Account');
  useEffect(() => {
    void tell(async () => {
      await loadMe();
    });
  }, []);
  return (
    <div class="account">
      <h1>Account</h1>
      <section class="card" aria-labelledby="who-title">
        <h2 id="who-title">Signed in</h2>
        <p>
          {session.value?.email}
          {me.value?.role === 'admin' && ' (administrator)'}
        </p>
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </section>
      <Usage />
      <Mails />
      <Webhooks />
      <PasswordForm />
    </div>
  );
}

/** Here it ends in any case; on the server it ends by itself when that cannot be told. */
async function signOut(): Promise<void> {
  await call('/logout', { method: 'POST' }).catch(() => undefined);
  signedOut();
}

function Usage(): JSX.Element {
  const known = me.value;
  const minutes = (count: number): string => `${Math.round(count * 10) / 10} min`;
  return (
    <section class="card" aria-labelledby="usage-title">
      <h2 id="usage-title">Used and allowed</h2>
      <dl class="usage">
        <Share
          label="Storage"
          used={known?.used.storedBytes}
          limit={known?.limits.storedBytes}
          words={bytes}
        />
        <Share
          label="Recordings in 24 hours"
          used={known?.used.minutesPerDay}
          limit={known?.limits.minutesPerDay}
          words={minutes}
        />
        <Share
          label="Recordings at work"
          used={known?.used.jobsAtOnce}
          limit={known?.limits.jobsAtOnce}
          words={String}
        />
        <div>
          <dt>Largest file</dt>
          <dd>{known === null ? '…' : bytes(known.limits.uploadBytes)}</dd>
        </div>
      </dl>
    </section>
  );
}

interface ShareProps {
  label: string;
  used: number | undefined;
  /** Null for none. */
  limit: number | null | undefined;
  words: (count: number) => string;
}

function Share({ label, used, limit, words }: ShareProps): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {used === undefined ? '…' : words(used)}
        {typeof limit === 'number' && ` of ${words(limit)}`}
        {typeof limit === 'number' && used !== undefined && (
          <meter min={0} max={limit} high={limit * 0.9} value={used} aria-label={label} />
        )}
      </dd>
    </div>
  );
}

function Mails(): JSX.Element {
  const mail = me.value?.mail;
  const wish = (kind: 'ready' | 'failed', label: string): JSX.Element => (
    <Switch
      label={label}
      isOn={mail?.[kind] ?? false}
      disabled={mail === undefined}
      change={(wanted) => changeMails({ [kind]: wanted })}
    />
  );
  return (
    <section class="card stack" aria-labelledby="mail-title">
      <h2 id="mail-title">Mails</h2>
      {wish('ready', 'When a recording is ready')}
      {wish('failed', 'When a recording has failed')}
    </section>
  );
}
