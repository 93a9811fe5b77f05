export * as hostile from './hostile-files.ts';
export { silentFlac } from './long-flac.ts';
export * from './spawn-speech-api.ts';
export * from './speech-api-behaviour.ts';
export * from './speech-api-control.ts';
export * from './speech-api-request.ts';
export * from './speech-api.ts';
