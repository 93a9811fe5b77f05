export { describeWithPrivateServer, describeWithServer } from './describe-with-server.ts';
