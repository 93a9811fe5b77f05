import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { end, isFocusIn, pointedAt, toasts, unsay, type Toast } from '../state/toasts.ts';
import { IconButton } from './icon-button.tsx';

/** What the page has to say, at its lower edge. */
export function Toaster(): JSX.Element {
  const before = useRef<HTMLElement>(undefined);
  useEffect(() => listenForUndo(), []);
  /** The button that was pressed goes away: the keyboard is again where it was before. */
  const goBack = (): void => {
    if (!isFocusIn('.toast')) return;
    const isThere = before.current?.isConnected === true;
    (isThere ? before.current : document.getElementById('main'))?.focus();
  };
  return (
    <div
      class="toasts"
      role="status"
      aria-live="polite"
      aria-atomic="false"
      onFocusIn={({ relatedTarget }) => {
        if (relatedTarget instanceof HTMLElement && relatedTarget.closest('.toast') === null)
          before.current = relatedTarget;
      }}
    >
      {toasts.value.map((toast) => (
        <Row key={toast.id} toast={toast} onLeave={goBack} />
      ))}
    </div>
  );
}

function Row({ toast, onLeave }: { toast: Toast; onLeave: () => void }): JSX.Element {
  const { id, text, isError, action } = toast;
  return (
    <div
      id={`toast-${id}`}
      class={isError ? 'toast is-error' : 'toast'}
      // Not `enter`: one that comes up below a pointer at rest is not pointed at.
      onPointerMove={() => (pointedAt.id = id)}
      onPointerLeave={() => (pointedAt.id = null)}
    >
      <span>{text}</span>
      {action !== undefined && (
        <button
          type="button"
          class="link-button"
          aria-keyshortcuts={action.label === UNDO ? 'Control+Z' : undefined}
          onClick={() => {
            onLeave();
            unsay(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton
        icon="cancel"
        label="Close"
        onClick={() => {
          onLeave();
          end(toast);
        }}
      />
    </div>
  );
}

/** The label of actions that Ctrl+Z stands for, since it is a long way to them by the tabulator. */
const UNDO = 'Undo';

function listenForUndo(): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== 'z' || event.shiftKey || event.altKey) return;
    // Fields have something of their own to undo.
    const isTyping = event.target instanceof Element && event.target.matches('input, textarea, select');
    const toast = toasts.value.findLast(({ action }) => action?.label === UNDO);
    if (!(event.ctrlKey || event.metaKey) || isTyping || toast === undefined) return;
    event.preventDefault();
    unsay(toast.id);
    toast.action?.run();
  };
  addEventListener('keydown', listen);
  return () => {
    removeEventListener('keydown', listen);
  };
}
