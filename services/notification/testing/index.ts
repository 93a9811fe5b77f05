export * from './mailer-contract.ts';
export * from './sample-mail.ts';
export * from './smtp-test-server.ts';
