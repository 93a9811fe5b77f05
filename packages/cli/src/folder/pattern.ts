/** What people record with; the server looks at the content, whatever the name. */
export const MEDIA_PATTERN =
  '*.{mp4,m4v,mov,mkv,webm,avi,mpg,mpeg,mts,m2ts,ts,wmv,flv,3gp,ogv,mp3,m4a,aac,wav,flac,ogg,opus,wma,aiff}';

/** Files that programs write while something is not complete, and hidden ones. */
const UNFINISHED = /^\.|~$|\.(part|partial|tmp|temp|crdownload|download|!ut|filepart)$/i;

/**
 * Whether a name fits a pattern of `*`, `?` and `{a,b}`, in any case. Hidden and unfinished files never fit.
 * (Node 20 has no `path.matchesGlob`.)
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  let depth = 0;
  const expression = Array.from(pattern, (character) => {
    if (character === '*') return '.*';
    if (character === '?') return '.';
    if (character === '{' && pattern.includes('}')) {
      depth += 1;
      return '(?:';
    }
    if (character === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (character === ',' && depth > 0) return '|';
    return character.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
  const matcher = new RegExp(`^${expression.join('')}${')'.repeat(depth)}$`, 'isu');
  return (name) => !UNFINISHED.test(name) && matcher.test(name);
}
