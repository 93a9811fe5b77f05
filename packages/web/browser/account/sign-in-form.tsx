import { useId, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { callAsNobody, wordsFor } from '../state/api.ts';
import { signedIn } from '../state/session.ts';

interface Props {
  /** Asks to sign in, or makes an account first. */
  mode: 'sign in' | 'register';
  /** Filled in, and not to be changed, when it is clear who it is. */
  email?: string;
  isKept?: boolean;
}

/** E-mail address and password; the browser's own memory of passwords knows these names. */
export function SignInForm({ mode, email, isKept = false }: Props): JSX.Element {
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const reasonId = useId();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    setReason('');
    try {
      await enter(mode, new FormData(form));
    } catch (error) {
      setReason(wordsFor(error));
      setBusy(false);
      form.querySelector<HTMLElement>('[name=password]')?.focus();
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <label>
        E-mail address
        <input
          name="email"
          type="email"
          autocomplete="username"
          required
          defaultValue={email ?? ''}
          readOnly={email !== undefined}
        />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          autocomplete={mode === 'register' ? 'new-password' : 'current-password'}
          required
          // Who has signed in before needs to give nothing but this.
          autofocus={email !== undefined}
          aria-invalid={reason !== ''}
          aria-describedby={`${reasonId}${mode === 'register' ? ' password-rule' : ''}`}
        />
      </label>
      {mode === 'register' && (
        <p id="password-rule" class="hint">
          At least 12 characters: a few words that belong together only to you.
        </p>
      )}
      <label class="check">
        <input name="keep" type="checkbox" defaultChecked={isKept} /> Stay signed in on this device
      </label>
      <p id={reasonId} class="form-error" role="alert">
        {reason}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {mode === 'register' ? 'Create account' : 'Sign in'}
      </button>
    </form>
  );
}

async function enter(mode: Props['mode'], form: FormData): Promise<void> {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const json = { email: text('email').trim(), password: text('password') };
  if (mode === 'register') await callAsNobody('/register', { method: 'POST', json });
  const answer = await callAsNobody('/login', { method: 'POST', json });
  const { token } = (await answer.json()) as { token: string }; // loginAnswerSchema
  signedIn({ email: json.email, token }, form.has('keep'));
}
