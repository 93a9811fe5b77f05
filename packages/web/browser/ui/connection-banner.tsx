import type { JSX } from 'preact';
import { isReachable } from '../state/connection.ts';
import { Icon } from './icons.tsx';

/** Shows that the gateway cannot be reached, as long as that is so. It lies over the page, so that nothing moves. */
export function ConnectionBanner(): JSX.Element {
  return (
    <div class="banner" role="status" aria-live="polite">
      {!isReachable.value && (
        <p>
          <Icon name="offline" /> No connection. Uploads wait, and go on by themselves.
        </p>
      )}
    </div>
  );
}
