import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { wordsFor } from '../state/api.ts';
import { Modal } from '../ui/modal.tsx';
import { NewPassword } from './new-password.tsx';
import { resetPassword } from './users.ts';

interface Props {
  id: string;
  email: string;
  onClose: () => void;
}

/** Asks first, since whoever uses the account is signed out by it; then shows the new password. */
export function ResetPassword({ id, email, onClose }: Props): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  const [reason, setReason] = useState('');
  const [password, setPassword] = useState<string>();
  const reset = async (): Promise<void> => {
    setReason('');
    setBusy(true);
    try {
      setPassword(await resetPassword(id));
    } catch (error) {
      setReason(wordsFor(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      title={password === undefined ? 'Reset the password?' : 'The password is reset'}
      isBusy={isBusy}
      onClose={onClose}
    >
      {(close) =>
        password === undefined ? (
          <div class="stack">
            <p>
              The present password of <strong>{email}</strong> and all its logins end. You get a new, random
              one to hand on.
            </p>
            <p class="form-error" role="alert">
              {reason}
            </p>
            <div class="choices">
              <button type="button" disabled={isBusy} onClick={close}>
                Cancel
              </button>
              <button type="button" class="primary" disabled={isBusy} onClick={() => void reset()}>
                Reset
              </button>
            </div>
          </div>
        ) : (
          <NewPassword email={email} password={password} onDone={close} />
        )
      }
    </Modal>
  );
}
