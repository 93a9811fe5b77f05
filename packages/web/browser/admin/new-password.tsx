import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';

interface Props {
  /** Whose it is. */
  email: string;
  password: string;
  onDone: () => void;
}

/** A password that is shown once, to be handed on. */
export function NewPassword({ email, password, onDone }: Props): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState('');
  useEffect(() => {
    field.current?.focus();
  }, []);
  const copy = async (): Promise<void> => {
    field.current?.select();
    setTold((await toClipboard(password)) ? 'Copied.' : 'It is marked: copy it with Ctrl+C.');
  };
  return (
    <div class="stack">
      <p>
        <strong>{email}</strong> can sign in with this password. Hand it on now: it is shown only this once.
      </p>
      <div class="password">
        <input ref={field} aria-label="New password" readOnly value={password} />
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
      </div>
      <p class="hint" role="status">
        {told}
      </p>
      <button type="button" class="primary" onClick={onDone}>
        Done
      </button>
    </div>
  );
}

/** Browsers let pages at the clipboard only under https or on this machine, and people may forbid it. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
