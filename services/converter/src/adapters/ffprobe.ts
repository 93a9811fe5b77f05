import { dirname } from 'node:path';
import { z } from 'zod';
import { containerGuards, soundDecoders } from '../media-lists.ts';
import { runTool } from './run-tool.ts';

const streamSchema = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  channels: z.number().optional(),
  duration: z.coerce.number().optional(),
  start_time: z.coerce.number().optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
const probeSchema = z.object({
  streams: z.array(streamSchema).default([]),
  format: z.object({ duration: z.coerce.number().optional() }).optional(),
});

/** What ffprobe says about an input, as far as a verdict needs it. Lengths in seconds. */
export interface Probe {
  readable: boolean;
  /** What ffprobe complained about. */
  log: string;
  streams: number;
  durationSeconds: number | null;
  sound: { codec: string; supported: boolean; channels: number; durationSeconds: number | null } | null;
}

const TIMEOUT_MS = 30_000;

/** Probes a file that ffmpeg could not convert cleanly. It must not reject: its answer is the reason for a failure. */
export async function probe(prefix: readonly string[], input: string, signal: AbortSignal): Promise<Probe> {
  // The list of decoders would make ffprobe refuse a file for its pictures, so here only its container is checked.
  const show = ['-show_streams', '-show_format', '-of', 'json'];
  const command = [...prefix, 'ffprobe', '-v', 'error', ...containerGuards, ...show, `file:${input}`];
  const { code, stdout, stderr } = await runTool(command, {
    signal,
    cwd: dirname(input),
    timeoutMs: TIMEOUT_MS,
  });
  const parsed = probeSchema.safeParse(parseJson(stdout));
  if (code !== 0 || !parsed.success) {
    return { readable: false, log: stderr, streams: 0, durationSeconds: null, sound: null };
  }
  const { streams, format } = parsed.data;
  const sound = streams.find(({ codec_type: type }) => type === 'audio');
  return {
    readable: true,
    log: stderr,
    streams: streams.length,
    durationSeconds: format?.duration ?? null,
    sound: sound === undefined ? null : describeSound(sound),
  };
}

function describeSound(sound: z.infer<typeof streamSchema>): NonNullable<Probe['sound']> {
  const codec = sound.codec_name ?? 'unknown';
  return {
    codec,
    supported: soundDecoders.includes(codec),
    channels: sound.channels ?? 0,
    durationSeconds: sound.duration ?? taggedSeconds(sound.tags?.['DURATION'], sound.start_time),
  };
}

/** Matroska keeps the end of a track in a tag, as `HH:MM:SS.nnnnnnnnn`; a track may begin late. */
function taggedSeconds(tag: string | undefined, startSeconds = 0): number | null {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(tag ?? '');
  return match === null
    ? null
    : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) - startSeconds;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
