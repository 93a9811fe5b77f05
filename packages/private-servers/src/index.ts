export { isMariadbThere, startMariadb } from './mariadb.ts';
export { isMongodbThere, startMongodb } from './mongodb.ts';
export { isRabbitmqThere, startRabbitmq, type RabbitmqServer } from './rabbitmq.ts';
export type { PrivateServer, ServerKind } from './private-server.ts';
export { freePort } from './free-port.ts';
export { ServerProcess, type ServerCommand, type StartOptions } from './server-process.ts';
export { findProgram, diesWithParent } from './programs.ts';
