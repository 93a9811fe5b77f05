export * from './speech-api.ts';
