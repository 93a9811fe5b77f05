import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { isReachable } from '../state/connection.ts';

interface Props {
  reason: string;
  again: () => void;
}

/** In place of what could not be loaded; that is tried again by itself when a lost connection is back. */
export function Refused({ reason, again }: Props): JSX.Element {
  const reachable = isReachable.value;
  const wasLost = useRef(!reachable);
  useEffect(() => {
    if (reachable && wasLost.current) again();
    wasLost.current = !reachable;
  }, [reachable]);
  return (
    <div class="empty" role="alert">
      <p>{reason}</p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
