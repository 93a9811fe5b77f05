import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Icon } from '../ui/icons.tsx';
import { OptionFields } from './option-fields.tsx';
import { hasFiles } from './refuse-drops.ts';
import { takeFiles } from './take-files.ts';

/** Takes files that are dropped anywhere on the page, or chosen. */
export function DropZone(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useFilesOver();
  return (
    <section class={isOver ? 'drop is-over' : 'drop'} aria-label="Upload">
      <Icon name="upload" />
      <p class="drop-text">{isOver ? 'Let go to upload' : 'Drop video or sound files here'}</p>
      <button type="button" class="primary" onClick={() => input.current?.click()}>
        Choose files
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Files to upload"
        onChange={({ currentTarget }) => {
          void takeFiles(currentTarget.files ?? []);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
      <OptionFields />
    </section>
  );
}

/** True while files are held over the page. */
function useFilesOver(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const on = (name: 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void): void => {
      addEventListener(name, handle, { signal: stop.signal });
    };
    on('dragover', (event) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    });
    on('dragleave', ({ relatedTarget }) => {
      // Between two elements of the page there is one to go to.
      if (relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setOver(false);
      void takeFiles(event.dataTransfer.files);
    });
    return () => {
      stop.abort();
    };
  }, []);
  return isOver;
}
