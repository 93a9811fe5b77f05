import { useEffect } from 'preact/hooks';

/** Names the page in tabs, in the history and for those who hear it; undefined while the name is not known. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? 'clipscribe' : `${title} · clipscribe`;
  }, [title]);
}
