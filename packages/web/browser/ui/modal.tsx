import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props {
  title: string;
  /** While it is true, Escape does not close it. */
  isBusy?: boolean;
  onClose: () => void;
  /** What is in it, given the way to close it. */
  children: (close: () => void) => ComponentChildren;
}

/** A window over the page. Once closed, the place of the keyboard is where it was before. */
export function Modal({ title, isBusy = false, onClose, children }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="card"
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (isBusy) event.preventDefault();
      }}
      onClose={onClose}
    >
      <h2 id={titleId}>{title}</h2>
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
