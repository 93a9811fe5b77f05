import { useId, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { call, callAsNobody, Refusal, wordsFor } from '../state/api.ts';
import { isKept, session, signedIn } from '../state/session.ts';
import { say } from '../state/toasts.ts';

const WRONG = 'The current password is wrong.';

/** A new password; all logins end with the old one, and this one is renewed at once. */
export function PasswordForm(): JSX.Element {
  const [reason, setReason] = useState('');
  const reasonId = useId();
  const isWrong = reason === WRONG;
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setReason('');
    try {
      await change(new FormData(form));
      form.reset();
      say('The password is changed. All other logins have ended.');
    } catch (error) {
      const isRefused = error instanceof Refusal && error.code === 'WRONG_CREDENTIALS';
      setReason(isRefused ? WRONG : wordsFor(error));
      form.querySelector<HTMLElement>(isRefused ? '[name=current]' : '[name=next]')?.focus();
    }
  };
  return (
    <section class="card" aria-labelledby="password-title">
      <h2 id="password-title">Password</h2>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        {/* For the browser's memory of passwords. */}
        <input
          class="visually-hidden"
          name="username"
          autocomplete="username"
          value={session.value?.email ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <label>
          Current password
          <input
            name="current"
            type="password"
            autocomplete="current-password"
            aria-invalid={isWrong}
            aria-describedby={isWrong ? reasonId : undefined}
            required
          />
        </label>
        <label>
          New password
          <input
            name="next"
            type="password"
            autocomplete="new-password"
            aria-invalid={reason !== '' && !isWrong}
            aria-describedby={isWrong ? undefined : reasonId}
            required
          />
        </label>
        <p id={reasonId} class="form-error" role="alert">
          {reason}
        </p>
        <button type="submit">Change password</button>
      </form>
    </section>
  );
}

async function change(form: FormData): Promise<void> {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const email = session.value?.email ?? '';
  const newPassword = text('next');
  const json = { currentPassword: text('current'), newPassword };
  await call('/password', { method: 'POST', json });
  const answer = await callAsNobody('/login', { method: 'POST', json: { email, password: newPassword } });
  const { token } = (await answer.json()) as { token: string }; // loginAnswerSchema
  signedIn({ email, token }, isKept());
}
