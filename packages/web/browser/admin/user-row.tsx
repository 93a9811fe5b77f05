import type { UserView } from '@clipscribe/contracts';
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { tell } from '../state/job-actions.ts';
import { me } from '../state/me.ts';
import { now } from '../state/now.ts';
import { say } from '../state/toasts.ts';
import { ago, moment } from '../state/words.ts';
import { ResetPassword } from './reset-password.tsx';
import { setDisabled } from './users.ts';

/** An account in the list. */
export function UserRow({ user }: { user: UserView }): JSX.Element {
  const { id, email, role, disabled, createdAt } = user;
  return (
    <li class="user">
      <div class="user-main">
        <p class="user-email">
          <Address email={email} />
        </p>
        <p class="job-facts">
          {role === 'admin' ? 'Administrator' : 'User'}
          {' · added '}
          <time dateTime={createdAt} title={moment(createdAt)}>
            {ago(createdAt, now.value)}
          </time>
        </p>
      </div>
      <span class="badge" data-state={disabled ? 'failed' : 'succeeded'}>
        {disabled ? 'Disabled' : 'Active'}
      </span>
      {/* Nobody shuts themselves out; the own password is changed on the page of the account. */}
      {id === me.value?.userId ? <p class="hint user-self">This is you</p> : <Actions user={user} />}
    </li>
  );
}

/** A long one breaks before the @ rather than anywhere. */
function Address({ email }: { email: string }): JSX.Element {
  const [person = '', host = ''] = email.split('@');
  return (
    <>
      {person}
      <wbr />@{host}
    </>
  );
}

function Actions({ user: { id, email, disabled } }: { user: UserView }): JSX.Element {
  const [isResetting, setResetting] = useState(false);
  const toggle = async (): Promise<void> => {
    await setDisabled(id, !disabled);
    say(disabled ? `${email} can sign in again.` : `${email} is shut out from now on.`);
  };
  return (
    <>
      <div class="actions">
        <button
          type="button"
          aria-label={`${disabled ? 'Enable' : 'Disable'} ${email}`}
          onClick={() => void tell(toggle)}
        >
          {disabled ? 'Enable' : 'Disable'}
        </button>
        <button
          type="button"
          aria-label={`Reset password of ${email}`}
          onClick={() => {
            setResetting(true);
          }}
        >
          Reset password
        </button>
      </div>
      {isResetting && (
        <ResetPassword
          id={id}
          email={email}
          onClose={() => {
            setResetting(false);
          }}
        />
      )}
    </>
  );
}
