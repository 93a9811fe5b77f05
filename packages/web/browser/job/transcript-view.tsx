import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';
import type { Sentence } from './align-words.ts';
import { findText, isLongEnough } from './find-text.ts';
import type { Playback } from './playback.ts';
import { TranscriptPane } from './transcript-pane.ts';

interface Props {
  sentences: readonly Sentence[];
  language: string | undefined;
  /** Absent when there is no sound to go with it any more. */
  playback: Playback | undefined;
}

/** The transcript in step with the player, and a search in it. */
export function TranscriptView({ sentences, language = '', playback }: Props): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState<TranscriptPane>();
  const [isFollowed, setFollowed] = useState(true);
  const followed = useRef(true);
  followed.current = isFollowed;
  useEffect(() => {
    if (scroller.current === null) return undefined;
    const made = new TranscriptPane(scroller.current, {
      sentences,
      language,
      onJump: (seconds) => {
        setFollowed(true);
        playback?.playFrom(seconds);
      },
    });
    setPane(made);
    const stop = playback?.time.subscribe((seconds) => {
      if (seconds > 0) made.show(seconds, followed.current);
    });
    return () => {
      stop?.();
      made.close();
    };
  }, [sentences, playback]);
  const leave = (): void => {
    if (playback?.isPlaying.value === true) setFollowed(false);
  };
  return (
    <section class="transcript" aria-label="Transcript">
      <Search sentences={sentences} pane={pane} onSearch={leave} />
      <div
        ref={scroller}
        class="text"
        role="region"
        aria-label="Text: the arrow keys go from sentence to sentence, Enter plays"
        tabIndex={-1}
        onWheel={leave}
        onTouchMove={leave}
      />
      {!isFollowed && (
        <button
          type="button"
          class="follow"
          onClick={() => {
            setFollowed(true);
            pane?.scrollTo();
            // The button goes away.
            scroller.current?.focus({ preventScroll: true });
          }}
        >
          <Icon name="down" /> Follow the sound
        </button>
      )}
    </section>
  );
}

interface SearchProps {
  sentences: readonly Sentence[];
  pane: TranscriptPane | undefined;
  onSearch: () => void;
}

function Search({ sentences, pane, onSearch }: SearchProps): JSX.Element {
  const [wanted, setWanted] = useState('');
  const [chosen, setSelected] = useState(0);
  const hits = useMemo(() => findText(sentences, wanted), [sentences, wanted]);
  // Another version may have fewer of them.
  const selected = Math.min(chosen, Math.max(0, hits.length - 1));
  // Before it is painted: the number of places and their marks belong together.
  useLayoutEffect(() => {
    pane?.mark(hits, selected);
    if (hits.length > 0) onSearch();
  }, [pane, hits, selected]);
  const step = (by: number): void => {
    if (hits.length > 0) setSelected((selected + by + hits.length) % hits.length);
  };
  const isAsked = isLongEnough(wanted);
  const count = hits.length === 0 ? 'Not found' : `${selected + 1} of ${hits.length}`;
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search in the transcript"
        placeholder="Search"
        value={wanted}
        onInput={({ currentTarget }) => {
          setWanted(currentTarget.value);
          setSelected(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
        }}
      />
      <output class="count">{isAsked ? count : ''}</output>
      <IconButton
        icon="up"
        label="Previous place"
        disabled={hits.length === 0}
        onClick={() => {
          step(-1);
        }}
      />
      <IconButton
        icon="down"
        label="Next place"
        disabled={hits.length === 0}
        onClick={() => {
          step(1);
        }}
      />
    </div>
  );
}
