import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...args]);
}

const picture = (seconds: number, size: string, rate: number): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${String(rate)}:duration=${String(seconds)}`],
];
/** Pink noise that swells and fades, a different one on each side: stereo that an encoder has to work for. */
const stereo = (seconds: number, seed: number): string[] => {
  const noise = (side: number): string =>
    `anoisesrc=color=pink:seed=${String(seed * 2 + side)}:sample_rate=48000:duration=${String(seconds)},tremolo=f=0.7:d=0.8`;
  return [
    '-filter_complex',
    `${noise(0)}[l];${noise(1)}[r];[l][r]amerge=inputs=2[a]`,
    '-map',
    '0:v',
    '-map',
    '[a]',
  ];
};
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '128k'];

/** A 720p clip with stereo sound at 48 kHz, as a telephone makes them. */
export async function makeClip(path: string, seconds: number, seed = 1): Promise<string> {
  await ffmpeg(
    ...picture(seconds, '1280x720', 25),
    ...stereo(seconds, seed),
    ...x264,
    '-movflags',
    '+faststart',
    path,
  );
  return path;
}

/** A long 720p recording: a 20-second clip again and again, without encoding it anew. */
export async function makeRecording(folder: string, seconds: number): Promise<string> {
  const clip = await makeClip(join(folder, 'piece.mp4'), 20, 7);
  const path = join(folder, `recording-${String(seconds)}s.mp4`);
  await ffmpeg(
    '-stream_loop',
    '-1',
    '-i',
    clip,
    '-t',
    String(seconds),
    '-c',
    'copy',
    '-movflags',
    '+faststart',
    path,
  );
  return path;
}

/** A clip in which flite's voice `slt` says the text. */
export async function makeSpeech(folder: string, name: string, text: string): Promise<string> {
  const wav = join(folder, `${name}.wav`);
  await run('flite', ['-voice', 'slt', '-t', text, '-o', wav]);
  const path = join(folder, `${name}.mp4`);
  await ffmpeg(...picture(60, '320x180', 10), '-i', wav, ...x264, '-shortest', path);
  return path;
}

/** A long talk: flite's voice reads the same sentences again and again. */
export async function makeTalk(folder: string, seconds: number): Promise<string> {
  const spoken = join(folder, 'spoken.wav');
  await run('flite', ['-voice', 'slt', '-t', TALK, '-o', spoken]);
  const path = join(folder, `talk-${String(seconds)}s.mp4`);
  const loop = ['-stream_loop', '-1', '-i', spoken, '-t', String(seconds), '-c:a', 'aac', '-b:a', '64k'];
  await ffmpeg(...loop, '-movflags', '+faststart', path);
  return path;
}

const TALK = `The water of the river comes down from the hills in the spring. People have built their houses along
its banks for a very long time. In the morning the market opens, and the boats come in with fish and fruit. Nobody
remembers who planted the old trees behind the church. They are taller than every roof in the town. In the evening the
children play under them until it is dark.`;

/** Length and tags of a media file, by ffprobe. */
export async function inspect(
  path: string,
): Promise<{ durationSeconds: number; channels: number; codec: string; tags: Record<string, string> }> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-of',
    'json',
    '-show_format',
    '-show_streams',
    path,
  ]);
  const { format, streams } = JSON.parse(stdout) as {
    format: { duration: string; tags?: Record<string, string> };
    streams: { codec_name: string; channels: number }[];
  }; // the documented form of ffprobe's JSON
  const [stream] = streams;
  return {
    durationSeconds: Number(format.duration),
    channels: stream?.channels ?? 0,
    codec: stream?.codec_name ?? '',
    tags: format.tags ?? {},
  };
}
