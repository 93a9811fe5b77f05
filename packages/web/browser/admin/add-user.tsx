import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { wordsFor } from '../state/api.ts';
import { Modal } from '../ui/modal.tsx';
import { NewPassword } from './new-password.tsx';
import { addUser, type NewUser } from './users.ts';

/** Asks for an address, adds its account, and shows the password that it got. */
export function AddUser({ onClose }: { onClose: () => void }): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  const [added, setAdded] = useState<NewUser>();
  return (
    <Modal
      title={added === undefined ? 'Add an account' : 'The account is added'}
      isBusy={isBusy}
      onClose={onClose}
    >
      {(close) =>
        added === undefined ? (
          <AddForm isBusy={isBusy} onBusy={setBusy} onAdded={setAdded} onCancel={close} />
        ) : (
          <NewPassword email={added.user.email} password={added.password} onDone={close} />
        )
      }
    </Modal>
  );
}

interface FormProps {
  isBusy: boolean;
  onBusy: (isBusy: boolean) => void;
  onAdded: (added: NewUser) => void;
  onCancel: () => void;
}

function AddForm({ isBusy, onBusy, onAdded, onCancel }: FormProps): JSX.Element {
  const [reason, setReason] = useState('');
  const submit = async (form: FormData): Promise<void> => {
    setReason('');
    onBusy(true);
    try {
      const email = form.get('email');
      const role = form.has('admin') ? 'admin' : 'user';
      onAdded(await addUser(typeof email === 'string' ? email.trim() : '', role));
    } catch (error) {
      setReason(wordsFor(error));
    } finally {
      onBusy(false);
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <label>
        E-mail address
        <input name="email" type="email" autocomplete="off" maxLength={254} required />
      </label>
      <label class="check">
        <input name="admin" type="checkbox" /> As administrator
      </label>
      <p class="hint">It gets a random password, which you hand on.</p>
      <p class="form-error" role="alert">
        {reason}
      </p>
      <div class="choices">
        <button type="button" disabled={isBusy} onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="primary" disabled={isBusy}>
          Add
        </button>
      </div>
    </form>
  );
}
