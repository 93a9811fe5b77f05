export { asMongoError, isDuplicateKey } from './as-mongo-error.ts';
export { insertIfMissing } from './insert-if-missing.ts';
export { connectMongo, type MongoRole } from './connect-mongo.ts';
export { MongoConnection, type MongoSetup } from './mongo-connection.ts';
export { repeatIfUnknown } from './repeat-if-unknown.ts';
