import { useRef } from 'preact/hooks';
import type { ComponentProps, JSX, RefObject } from 'preact';
import { bytes, clock } from '../state/words.ts';
import { focusBeside } from '../ui/focus-beside.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { uploads, type UploadEntry, type UploadView } from './uploads.ts';

/** What is on its way, or was refused. */
export function UploadList(): JSX.Element | null {
  if (uploads.value.length === 0) return null;
  return (
    <section aria-labelledby="uploads-title">
      <h2 id="uploads-title" class="section-title">
        Uploads
      </h2>
      <ul class="uploads">
        {uploads.value.map((entry) => (
          <UploadRow key={entry.key} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ entry }: { entry: UploadEntry }): JSX.Element {
  const upload = entry.view.value;
  const { state, name, sent } = upload;
  const row = useRef<HTMLLIElement>(null);
  return (
    <li ref={row} class="upload" data-state={state}>
      <Icon name={state === 'refused' || state === 'failed' ? 'warning' : 'file'} />
      <div class="job-main">
        <p class="upload-name" dir="auto" title={name}>
          {name}
        </p>
        <p class="job-facts" role={state === 'refused' || state === 'failed' ? 'alert' : undefined}>
          {words(upload)}
        </p>
        {state !== 'refused' && (
          <progress max={Math.max(1, upload.bytes)} value={sent} aria-label={`Upload of ${name}`} />
        )}
      </div>
      <Buttons entry={entry} row={row} />
    </li>
  );
}

interface ButtonsProps {
  entry: UploadEntry;
  row: RefObject<HTMLElement | null>;
}

function Buttons({ entry, row }: ButtonsProps): JSX.Element {
  const { state, name } = entry.view.value;
  return (
    <div class="actions">
      {/* One button that does another thing: the keyboard stays where it is. */}
      {state !== 'refused' && state !== 'interrupted' && <IconButton {...stepOf(entry)} />}
      <IconButton
        icon="cancel"
        label={state === 'refused' ? `Close the note about ${name}` : `Give up the upload of ${name}`}
        onClick={() => {
          if (row.current !== null) focusBeside(row.current, document.getElementById('main'));
          entry.discard();
        }}
      />
    </div>
  );
}

/** What can be done next with an upload. */
function stepOf({ view, pause, resume }: UploadEntry): ComponentProps<typeof IconButton> {
  const { state, name } = view.value;
  if (state === 'paused') return { icon: 'play', label: `Go on with the upload of ${name}`, onClick: resume };
  if (state === 'failed') return { icon: 'retry', label: `Try the upload of ${name} again`, onClick: resume };
  return { icon: 'pause', label: `Pause the upload of ${name}`, onClick: pause };
}

/** Nothing while the speed is not known, and in the last second. */
function left(rest: number, rate: number): string {
  return rate > 0 && rest / rate >= 1 ? `, ${clock(rest / rate)} left` : '';
}

function words({ state, bytes: total, sent, rate, reason = '' }: UploadView): string {
  const done = `${bytes(sent)} of ${bytes(total)}`;
  const percent = `${Math.floor((sent / Math.max(1, total)) * 100)} %`;
  switch (state) {
    case 'refused':
      return `Not uploaded. ${reason}`;
    case 'failed':
      return reason;
    case 'waiting':
      return sent > 0 ? `Waiting, ${done}` : 'Waiting';
    case 'offline':
      return `Waiting for the connection, ${done}`;
    case 'paused':
      return `Paused, ${done}`;
    case 'interrupted':
      return `Interrupted, ${done}. Choose the file again to go on.`;
    case 'sending':
      return `${percent}, ${done}${left(total - sent, rate)}`;
  }
}
