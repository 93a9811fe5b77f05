import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { isExpired, isKept, session, signedOut } from '../state/session.ts';
import { SignInForm } from './sign-in-form.tsx';

/** Over everything, when the login has ended: what was under way goes on after it. */
export function SignInAgain(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = isExpired.value;
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isShown]);
  return (
    <dialog
      ref={dialog}
      class="card"
      aria-labelledby="again-title"
      onCancel={(event) => {
        event.preventDefault();
      }}
      onClose={() => {
        // Chromium asks but once whether Escape may close it.
        if (isExpired.value) dialog.current?.showModal();
      }}
    >
      {isShown && (
        <>
          <h2 id="again-title">Sign in again</h2>
          <p>Your login has ended. What was under way goes on when you have signed in.</p>
          <SignInForm mode="sign in" email={session.value?.email ?? ''} isKept={isKept()} />
          <p class="switch">
            <button type="button" class="link-button" onClick={signedOut}>
              Sign in as somebody else
            </button>
          </p>
        </>
      )}
    </dialog>
  );
}
