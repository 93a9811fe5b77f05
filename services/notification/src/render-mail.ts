import { failures, type Failure } from '@clipscribe/contracts';
import type { FailedContent, MailContent, ReadyContent } from './mail-content.ts';
import { asHtml, asText, type Block } from './mail-layout.ts';
import { cleanLine, cleanName, clip, downloadName, shellWord } from './safe-name.ts';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

const SUBJECT_NAME_CHARACTERS = 60;
const BODY_NAME_CHARACTERS = 200;

/** The words for what there is to tell. Pure: the same content gives the same mail. */
export function renderMail(content: MailContent): RenderedMail {
  const subject = subjectOf(content);
  const blocks = content.kind === 'ready' ? readyBlocks(content) : failedBlocks(content);
  return { subject, text: asText(blocks), html: asHtml(subject, blocks) };
}

function subjectOf(content: MailContent): string {
  const name = clip(cleanName(content.fileName), SUBJECT_NAME_CHARACTERS);
  if (content.kind === 'failed') return `Failed: ${name}`;
  if (content.transcriptProblem === undefined) return `Ready: ${name}`;
  return content.hasEarlierTranscript ? `No new transcript: ${name}` : `MP3 ready, no transcript: ${name}`;
}

function readyBlocks(content: ReadyContent): Block[] {
  const { audioProblem, transcriptProblem } = content;
  return [
    paragraph(`The MP3 of "${bodyName(content)}" is ready${durationOf(content)}.`),
    // People and scripts look for this line; its wording must not change.
    paragraph(`mp3 file_id: ${content.audioFileId} is now ready!`),
    ...(audioProblem === undefined
      ? []
      : [paragraph(`It is not complete. ${describeFailure(audioProblem)}`)]),
    ...transcriptNotes(content),
    ...(transcriptProblem === undefined ? [] : transcriptProblemBlocks(content, transcriptProblem)),
    { type: 'link', label: 'MP3', url: audioUrl(content) },
    ...(hasTranscript(content) ? [transcriptLink(content)] : []),
    ...downloadBlocks(content),
  ];
}

/** What is special about the transcript. */
function transcriptNotes({ transcriptVersion, hasNoSpeech }: ReadyContent): Block[] {
  const notes: string[] = [];
  if (transcriptVersion !== undefined)
    notes.push(
      `This is version ${String(transcriptVersion)} of its transcript. The versions before it stay.`,
    );
  if (hasNoSpeech === true) notes.push('Nobody speaks in the recording, so the transcript is empty.');
  return notes.map(paragraph);
}

function transcriptProblemBlocks(content: ReadyContent, problem: Failure): Block[] {
  const [what, stays] =
    content.hasEarlierTranscript === true
      ? ['There is no new transcript.', 'The MP3 and the transcript of before stay as they are.']
      : ['There is no transcript.', 'The MP3 stays as it is.'];
  return [
    paragraph(`${what} ${describeFailure(problem)}`),
    paragraph(`${stays} To have the transcript tried again:`),
    retryCommand(content),
  ];
}

function hasTranscript({ transcriptFileId, hasEarlierTranscript }: ReadyContent): boolean {
  return transcriptFileId !== null || hasEarlierTranscript === true;
}

function transcriptLink(content: ReadyContent): Block {
  return { type: 'link', label: 'Transcript', url: transcriptUrl(content) };
}

function downloadBlocks(content: ReadyContent): Block[] {
  const commands = [downloadCommand(audioUrl(content), downloadName(content.fileName, 'mp3'))];
  if (hasTranscript(content)) {
    commands.push(downloadCommand(transcriptUrl(content), downloadName(content.fileName, 'txt')));
  }
  return [
    paragraph('A download needs your bearer token, the answer to POST /login; with the token in $TOKEN:'),
    { type: 'command', lines: commands },
  ];
}

function failedBlocks(content: FailedContent): Block[] {
  return [
    paragraph(`"${bodyName(content)}" could not be turned into an MP3.`),
    paragraph(describeFailure(content.error)),
    paragraph(adviceFor(content.error)),
    paragraph('To try the same file again, with your bearer token (the answer to POST /login) in $TOKEN:'),
    retryCommand(content),
  ];
}

function adviceFor({ code }: Failure): string {
  return failures[code].transient
    ? 'What to do: this may have passed by now, so try again. If it fails again, tell the operator.'
    : 'What to do: set right what is said above and upload the file again. The same file will probably fail the same way.';
}

function describeFailure({ code, reason }: Failure): string {
  return `${clip(cleanLine(reason), 500)} (code: ${code})`;
}

/** As in ` (1:02:03)`. */
function durationOf({ durationSeconds }: ReadyContent): string {
  if (durationSeconds === undefined) return '';
  const total = Math.round(durationSeconds);
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const parts = hours > 0 ? [String(hours), twoDigits(minutes)] : [String(minutes)];
  return ` (${[...parts, twoDigits(seconds)].join(':')})`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function bodyName(content: MailContent): string {
  return clip(cleanName(content.fileName), BODY_NAME_CHARACTERS);
}

function paragraph(text: string): Block {
  return { type: 'paragraph', text };
}

function audioUrl({ baseUrl, audioFileId }: ReadyContent): string {
  return `${baseUrl}/download?fid=${encodeURIComponent(audioFileId)}`;
}

function transcriptUrl(content: ReadyContent): string {
  return `${jobUrl(content)}/transcript?format=txt`;
}

function jobUrl({ baseUrl, jobId }: MailContent): string {
  return `${baseUrl}/jobs/${encodeURIComponent(jobId)}`;
}

function downloadCommand(url: string, name: string): string {
  return `curl -H "Authorization: Bearer $TOKEN" -o ${shellWord(name)} "${url}"`;
}

function retryCommand(content: MailContent): Block {
  return {
    type: 'command',
    lines: [`curl -X POST -H "Authorization: Bearer $TOKEN" "${jobUrl(content)}/retry"`],
  };
}
