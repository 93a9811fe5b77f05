import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { callAsNobody, Refusal } from '../state/api.ts';
import { useTitle } from '../ui/use-title.ts';
import { SignInForm } from './sign-in-form.tsx';

/** The first view of those who are not signed in. */
export function SignIn(): JSX.Element {
  const [mode, setMode] = useState<'sign in' | 'register'>('sign in');
  useTitle(mode === 'register' ? 'Create an account' : 'Sign in');
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    void mayRegister().then(setOpen);
  }, []);
  return (
    <main class="welcome">
      <h1>clipscribe</h1>
      <p class="lead">Drop a video. Get the sound as MP3, and what was said as text.</p>
      <section class="card" aria-label={mode === 'register' ? 'Create an account' : 'Sign in'}>
        <SignInForm key={mode} mode={mode} />
        <p class={isOpen ? 'switch' : 'switch is-hidden'}>
          {mode === 'register' ? 'You have an account? ' : 'New here? '}
          <button
            type="button"
            class="link-button"
            onClick={() => {
              setMode(mode === 'register' ? 'sign in' : 'register');
            }}
          >
            {mode === 'register' ? 'Sign in' : 'Create an account'}
          </button>
        </p>
      </section>
    </main>
  );
}

/** Asked with nothing to register: refused for that where registration is open, and for being closed elsewhere. */
async function mayRegister(): Promise<boolean> {
  try {
    await callAsNobody('/register', { method: 'POST', json: {} });
    return true;
  } catch (error) {
    return error instanceof Refusal && error.status === 400;
  }
}
