import type { Quality } from '@clipscribe/contracts';

/** ffmpeg's output options for an MP3: LAME, the asked quality, and no tags but ours. */
export function mp3Options({
  quality,
  title,
  artist,
}: {
  quality: Quality;
  title: string;
  artist: string;
}): string[] {
  const rate = quality.startsWith('V') ? ['-q:a', quality.slice(1)] : ['-b:a', quality];
  const tags = ['-metadata', `title=${oneLine(title)}`, '-metadata', `artist=${oneLine(artist)}`];
  return ['-c:a', 'libmp3lame', ...rate, '-id3v2_version', '3', '-write_xing', '1', ...tags, '-f', 'mp3'];
}

/** A tag is one line; a NUL could not even be handed over. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
