export * from './cues.ts';
export * from './display-columns.ts';
export * from './formats.ts';
export * from './subtitle-rules.ts';
