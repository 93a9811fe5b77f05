/** What a job is found by; jobs and the views of them have it alike. */
export interface Named {
  source: { name: string };
  options: { title?: string | undefined };
}

/**
 * Text as it is compared in searches: in any case, in any Unicode form, and with any white space for a space. The same
 * everywhere, so that a job that one place finds is found by the others. It never contains a line break.
 */
export function foldText(text: string): string {
  // A sigma is written in another way at the end of a word, which in the middle of a name may be the end of the search.
  return text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').replace(/\s+/g, ' ');
}

/** The names of a job, folded: that of its file and its title, a line each, so that no search spans both. */
export function searchTextOf({ source, options }: Named): string {
  return [source.name, options.title ?? ''].map(foldText).join('\n');
}

/** True when one of the job's names contains the text. */
export function isCalled(job: Named, text: string): boolean {
  return searchTextOf(job).includes(foldText(text));
}
