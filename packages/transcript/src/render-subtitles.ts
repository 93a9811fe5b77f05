import type { Transcript } from '@clipscribe/contracts';
import { cuesOf } from './cues.ts';

/** SubRip: numbered cues. Lines end with LF, as ffmpeg and speech tools write them; players take both. */
export function* renderSrt(transcript: Transcript): Generator<string> {
  let number = 0;
  for (const { startMs, endMs, lines } of cuesOf(transcript)) {
    number++;
    const times = `${timestamp(startMs, ',')} --> ${timestamp(endMs, ',')}`;
    yield `${String(number)}\n${times}\n${lines.map(plainForSrt).join('\n')}\n\n`;
  }
}

/** WebVTT (W3C). Its grammar wants two line ends after the header, also where no cue follows. */
export function* renderVtt(transcript: Transcript): Generator<string> {
  yield 'WEBVTT\n\n';
  for (const { startMs, endMs, lines } of cuesOf(transcript)) {
    const times = `${timestamp(startMs, '.')} --> ${timestamp(endMs, '.')}`;
    yield `${times}\n${lines.map(escapeForVtt).join('\n')}\n\n`;
  }
}

/** `01:02:03,456`; from the hundredth hour on, the hours have as many digits as they need. */
function timestamp(ms: number, decimalMark: ',' | '.'): string {
  const digits = (value: number, count: number): string => String(Math.floor(value)).padStart(count, '0');
  const [hours, minutes] = [digits(ms / 3_600_000, 2), digits((ms / 60_000) % 60, 2)];
  return `${hours}:${minutes}:${digits((ms / 1000) % 60, 2)}${decimalMark}${digits(ms % 1000, 3)}`;
}

/**
 * SubRip has no escapes. An arrow would look like a line of times; what players take for markup (`<i>`, `{\an8}`)
 * is divided by an invisible word joiner, so that it is shown as it was said.
 */
function plainForSrt(line: string): string {
  return line
    .replace(/-{2,}>/g, '->')
    .replace(/<(?=[a-z/!])/gi, '<\u2060')
    .replaceAll('{\\', '{\u2060\\');
}

/** `<` and `&` begin something in a cue; without `>` there is no arrow either. */
function escapeForVtt(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
