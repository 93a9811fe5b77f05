export * from './user-store.ts';
export { openUserStore } from './open-user-store.ts';
export { SqliteUserStore } from './sqlite-user-store.ts';
