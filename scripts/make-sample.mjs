/**
 * Makes samples/hello.mp4 and samples/hello.txt: three sentences spoken by flite over a moving test pattern.
 * For maintainers; needs ffmpeg and flite. Run it again after changing the text.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/root.mjs';

/** Worded so that PocketSphinx with its American English model hears every word. */
const sentences = [
  'Hello and welcome to this short video about the history of the city.',
  'The first people came here because of the water in the river.',
  'Thank you very much for your time, and have a good evening.',
];

/** Silence after each sentence: long enough to be cut at. */
const PAUSE_SECONDS = 0.8;

const samples = join(root, 'samples');

/** @returns the path of one WAV file with all sentences and the pauses after them. */
function speak(folder) {
  const wavs = sentences.map((text, index) => {
    const path = join(folder, `${index}.wav`);
    execFileSync('flite', ['-voice', 'slt', '-t', text, '-o', path]);
    return path;
  });
  const speech = join(folder, 'speech.wav');
  const padded = wavs.map((_, index) => `[${index}:a]apad=pad_dur=${PAUSE_SECONDS}[s${index}]`);
  const joined = `${wavs.map((_, index) => `[s${index}]`).join('')}concat=n=${wavs.length}:v=0:a=1`;
  ffmpeg([...wavs.flatMap((wav) => ['-i', wav]), '-filter_complex', [...padded, joined].join(';'), speech]);
  return speech;
}

function film(speech, target) {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'];
  const video = [
    '-c:v',
    'libx264',
    '-preset',
    'veryslow',
    '-crf',
    '36',
    '-threads',
    '1',
    '-pix_fmt',
    'yuv420p',
  ];
  const audio = ['-c:a', 'aac', '-b:a', '96k', '-ar', '48000', '-ac', '2'];
  // Without times and versions of the tools in it, the same text gives the same file.
  const container = ['-movflags', '+faststart', '-map_metadata', '-1', '-fflags', '+bitexact'];
  ffmpeg([...picture, '-i', speech, '-t', durationSeconds(speech), ...video, ...audio, ...container, target]);
}

/** As text, since it is only handed on. */
function durationSeconds(path) {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path];
  return execFileSync('ffprobe', args, { encoding: 'utf8' }).trim();
}

function ffmpeg(args) {
  execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', '-y', ...args], { stdio: 'inherit' });
}

const folder = mkdtempSync(join(tmpdir(), 'clipscribe-sample-'));
try {
  mkdirSync(samples, { recursive: true });
  const target = join(samples, 'hello.mp4');
  film(speak(folder), target);
  writeFileSync(join(samples, 'hello.txt'), sentences.map((text) => `${text}\n`).join(''));
  console.log(`${target}: ${statSync(target).size} bytes`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
