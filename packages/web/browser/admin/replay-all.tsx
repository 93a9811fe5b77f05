import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { tell } from '../state/job-actions.ts';
import { say } from '../state/toasts.ts';
import { deadLetters, replayAll } from './dead-letters.ts';

/** Tries all messages again that are shown, and says how far that is. */
export function ReplayAll({ onDone }: { onDone: () => void }): JSX.Element {
  const [progress, setProgress] = useState<{ count: number; of: number }>();
  const number = deadLetters.value?.length ?? 0;
  const start = async (): Promise<void> => {
    setProgress({ count: 0, of: number });
    await tell(async () => {
      await replayAll((count) => {
        setProgress({ count, of: number });
      });
      say(`${number === 1 ? 'One message is' : `${number} messages are`} handled again.`);
    });
    setProgress(undefined);
    onDone();
  };
  return (
    <button type="button" disabled={number === 0 || progress !== undefined} onClick={() => void start()}>
      {progress === undefined ? 'Try all again' : `Trying again, ${progress.count} of ${progress.of}`}
    </button>
  );
}
