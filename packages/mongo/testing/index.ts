export { freshDatabase, type FreshDatabase } from './fresh-database.ts';
export { LossyProxy } from './lossy-proxy.ts';
