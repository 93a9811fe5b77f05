import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { searchJobs, wanted } from '../state/job-lists.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';

/** So long nothing is typed before the gateway is asked. */
const PAUSE_MS = 250;

/** What the gateway takes. */
const MOST_CHARACTERS = 200;

/** A field that shows the jobs of a name alone. */
export function JobSearch(): JSX.Element {
  // Who comes back from a recording finds the list as it was left.
  const [text, setText] = useState(wanted.value.search);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = (): void => {
    clearTimeout(timer.current);
  };
  useEffect(() => stop, []);
  const change = (next: string): void => {
    stop();
    setText(next);
    if (next.trim() === '') void searchJobs('');
    else timer.current = setTimeout(() => void searchJobs(next), PAUSE_MS);
  };
  return (
    <form
      class="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        stop();
        void searchJobs(text);
      }}
    >
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label="Search recordings by name"
        placeholder="Search by name"
        autocomplete="off"
        maxLength={MOST_CHARACTERS}
        value={text}
        onInput={({ currentTarget }) => {
          change(currentTarget.value);
        }}
      />
      {text !== '' && (
        <IconButton
          icon="cancel"
          label="Clear the search"
          onClick={() => {
            change('');
            field.current?.focus();
          }}
        />
      )}
    </form>
  );
}
