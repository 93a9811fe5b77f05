export { MongoOwnerStore } from './mongo-owner-store.ts';
export { openOwnerStore, ownersUrlBeside } from './open-owner-store.ts';
export * from './owner-settings.ts';
export * from './owner-store.ts';
export { SqliteOwnerStore } from './sqlite-owner-store.ts';
