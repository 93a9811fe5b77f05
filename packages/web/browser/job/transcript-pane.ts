import { indexAt, type Sentence } from './align-words.ts';
import type { Hit } from './find-text.ts';
import { rowOf } from './transcript-row.ts';

/** The names of what is marked in the text, for the stylesheet. */
const HITS = 'hits';
const HIT = 'hit';

/** After a jump, so many pictures of the screen later everything near has its height. */
const SETTLING_PICTURES = 4;

interface Options {
  sentences: readonly Sentence[];
  /** That is spoken; empty when it is not known. */
  language: string;
  /** Somebody wants to hear it from there, in seconds. */
  onJump: (seconds: number) => void;
}

/**
 * The text of a transcript in an element that scrolls. Built by hand, not by a framework: 20,000 words are as many
 * elements, which are made once and never compared. The stylesheet lets the browser skip what is not in view.
 */
export class TranscriptPane {
  readonly #scroller: HTMLElement;
  readonly #sentences: readonly Sentence[];
  readonly #rows: HTMLElement[];
  #current = -1;
  #word: Element | undefined;
  #focused = 0;
  #frame = 0;
  /** A sentence may have been clicked. */
  readonly #follow = ({ target }: FocusEvent): void => {
    const index = this.#rows.findIndex((row) => row === target);
    if (index !== -1) this.#stopAt(index);
  };

  constructor(scroller: HTMLElement, { sentences, language, onJump }: Options) {
    this.#scroller = scroller;
    this.#sentences = sentences;
    this.#rows = sentences.map((sentence) => rowOf(sentence, language));
    scroller.replaceChildren(...this.#rows);
    this.#rows[0]?.setAttribute('tabindex', '0');
    scroller.onclick = ({ target }) => {
      if (getSelection()?.isCollapsed === false || !(target instanceof Element)) return;
      const seconds = this.#secondsOf(target);
      if (seconds !== undefined) onJump(seconds);
    };
    scroller.onkeydown = (event) => {
      // With those, keys belong to the browser.
      if (!event.altKey && !event.ctrlKey && !event.metaKey) this.#handleKey(event, onJump);
    };
    scroller.addEventListener('focusin', this.#follow);
  }

  /** Lights the sentence and the word at this second; scrolls to them if `isFollowed`. */
  show(seconds: number, isFollowed: boolean): void {
    const index = indexAt(this.#sentences, seconds);
    if (index !== this.#current) {
      this.#rows[this.#current]?.removeAttribute('aria-current');
      this.#rows[index]?.setAttribute('aria-current', 'true');
      this.#current = index;
      if (isFollowed) this.scrollTo(index);
    }
    const word = indexAt(this.#sentences[index]?.words ?? [], seconds);
    const element = this.#rows[index]?.lastElementChild?.children[word];
    if (element === this.#word) return;
    this.#word?.classList.remove('now');
    element?.classList.add('now');
    this.#word = element;
  }

  /** Brings a sentence into the middle of the view, or the current one. */
  scrollTo(index = this.#current): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    cancelAnimationFrame(this.#frame);
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const top = this.#placeOf(row);
    const isNear = Math.abs(top - this.#scroller.scrollTop) < this.#scroller.clientHeight;
    if (calm || !isNear) this.#jump(row, SETTLING_PICTURES);
    else this.#scroller.scrollTo({ top, behavior: 'smooth' });
  }

  /** Rows get their true heights only when they come near the view; then this one is at another place. */
  #jump(row: HTMLElement, pictures: number): void {
    this.#scroller.scrollTo({ top: this.#placeOf(row), behavior: 'instant' });
    if (pictures > 0)
      this.#frame = requestAnimationFrame(() => {
        this.#jump(row, pictures - 1);
      });
  }

  /** Where the text is to be scrolled to for a row in the middle of the view. */
  #placeOf(row: HTMLElement): number {
    return row.offsetTop - this.#scroller.offsetTop - (this.#scroller.clientHeight - row.offsetHeight) / 2;
  }

  /** Marks what was found, one of it more than the rest. Where browsers cannot mark text, the sentence is brought. */
  mark(hits: readonly Hit[], selected: number): void {
    if ('highlights' in CSS) {
      CSS.highlights.set(HITS, new Highlight(...hits.map((hit) => this.#rangeOf(hit))));
      const one = hits[selected];
      CSS.highlights.set(HIT, new Highlight(...(one === undefined ? [] : [this.#rangeOf(one)])));
    }
    const hit = hits[selected];
    if (hit !== undefined) this.scrollTo(hit.sentence);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    if ('highlights' in CSS) CSS.highlights.clear();
    this.#scroller.removeEventListener('focusin', this.#follow);
    this.#scroller.replaceChildren();
  }

  #secondsOf(target: Element): number | undefined {
    const row = target.closest<HTMLElement>('.sentence');
    const sentence = row === null ? undefined : this.#sentences[this.#rows.indexOf(row)];
    if (row === null || sentence === undefined) return undefined;
    const text = row.lastElementChild;
    const word = text === null ? -1 : [...text.children].indexOf(target);
    if (word >= 0) return sentence.words[word]?.start;
    return target.closest('.at') === null ? undefined : sentence.start;
  }

  /** One stop for the tabulator; from there the arrows go from sentence to sentence. */
  #handleKey(event: KeyboardEvent, onJump: Options['onJump']): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onJump(this.#sentences[this.#focused]?.start ?? 0);
    } else if (step !== undefined) {
      event.preventDefault();
      this.#stopAt(Math.min(this.#rows.length - 1, Math.max(0, this.#focused + step)));
      this.#rows[this.#focused]?.focus();
    }
  }

  /** Where the tabulator comes to, and where the arrows go on from. */
  #stopAt(index: number): void {
    this.#rows[this.#focused]?.setAttribute('tabindex', '-1');
    this.#focused = index;
    this.#rows[index]?.setAttribute('tabindex', '0');
  }

  #rangeOf({ sentence, from, last, to }: Hit): Range {
    const range = new Range();
    const start = this.#nodeAt(sentence, from);
    // Behind its last letter, which is in the same node.
    const end = this.#nodeAt(last, to - 1);
    if (start !== undefined) range.setStart(start.node, start.at);
    if (end !== undefined) range.setEnd(end.node, end.at + 1);
    return range;
  }

  /** The text node with this character of a sentence, and its place there. */
  #nodeAt(sentence: number, character: number): { node: Node; at: number } | undefined {
    let before = 0;
    // Words and the spaces between them are nodes in turn, and their lengths those of the text.
    for (const child of this.#rows[sentence]?.lastElementChild?.childNodes ?? []) {
      const length = child.textContent?.length ?? 0;
      if (character < before + length) return { node: child.firstChild ?? child, at: character - before };
      before += length;
    }
    return undefined;
  }
}
