export * from './columns.ts';
export * from './visible.ts';
