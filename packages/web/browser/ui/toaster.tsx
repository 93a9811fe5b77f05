import type { JSX } from 'preact';
import { toasts, unsay } from '../state/toasts.ts';
import { IconButton } from './icon-button.tsx';

/** What the page has to say, at its lower edge. */
export function Toaster(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, isError, action }) => (
        <div key={id} class={isError ? 'toast is-error' : 'toast'}>
          <span>{text}</span>
          {action !== undefined && (
            <button
              type="button"
              class="link-button"
              onClick={() => {
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
              unsay(id);
            }}
          />
        </div>
      ))}
    </div>
  );
}
