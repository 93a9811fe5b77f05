import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { JSX, TargetedPointerEvent } from 'preact';
import { clock } from '../state/words.ts';
import type { Playback } from './playback.ts';

const BAR = 3;
const GAP = 2;
const STEP_SECONDS = 5;

interface Props {
  playback: Playback;
  /** 0 to 1; empty while they are not known. */
  levels: readonly number[];
}

/** The recording as bars, and the place in it: a slider for keyboards and screen readers. */
export function Waveform({ playback, levels }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const paint = (): void => {
    if (canvas.current !== null)
      draw(canvas.current, levels, playback.time.value / (playback.duration.value || 1));
  };
  useSignalEffect(paint);
  useEffect(() => {
    paint();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const observer = new ResizeObserver(paint);
    if (canvas.current !== null) observer.observe(canvas.current);
    dark.addEventListener('change', paint);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', paint);
    };
  }, [levels]);
  const seekTo = ({ currentTarget, clientX }: TargetedPointerEvent<HTMLCanvasElement>): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    playback.seek(((clientX - left) / width) * playback.duration.value);
  };
  const duration = playback.duration.value;
  const second = Math.floor(playback.time.value);
  return (
    <canvas
      ref={canvas}
      class="waveform"
      role="slider"
      tabIndex={0}
      aria-label="Place in the recording"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={second}
      aria-valuetext={`${clock(second)} of ${clock(duration)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
      onKeyDown={(event) => {
        // With those, keys belong to the browser: Alt and an arrow go back.
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const to = keyTarget(event.key, playback.time.value, duration);
        if (to === undefined) return;
        event.preventDefault();
        playback.seek(to);
      }}
    />
  );
}

/** As sliders are moved by keys (WAI-ARIA, pattern "slider"). */
function keyTarget(key: string, time: number, duration: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowRight: time + STEP_SECONDS,
    ArrowUp: time + STEP_SECONDS,
    ArrowLeft: time - STEP_SECONDS,
    ArrowDown: time - STEP_SECONDS,
    PageUp: time + 10 * STEP_SECONDS,
    PageDown: time - 10 * STEP_SECONDS,
    Home: 0,
    End: duration,
  };
  return targets[key];
}

function draw(canvas: HTMLCanvasElement, levels: readonly number[], played: number): void {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const [done, left] = [style.getPropertyValue('--accent'), style.getPropertyValue('--bar')];
  const bars = Math.floor(width / (BAR + GAP));
  for (let bar = 0; bar < bars; bar += 1) {
    const level = peak(levels, bar / bars, (bar + 1) / bars);
    const size = Math.max(3, level * height);
    context.fillStyle = (bar + 0.5) / bars <= played ? done : left;
    context.beginPath();
    context.roundRect(bar * (BAR + GAP), (height - size) / 2, BAR, size, BAR / 2);
    context.fill();
  }
}

function peak(levels: readonly number[], from: number, to: number): number {
  const first = Math.floor(from * levels.length);
  const last = Math.max(first + 1, Math.floor(to * levels.length));
  return levels.slice(first, last).reduce((most, level) => Math.max(most, level), 0);
}
