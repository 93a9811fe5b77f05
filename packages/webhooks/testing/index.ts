export { answers, Receiver, verified, type Answer, type Received } from './receiver.ts';
export { testCertificate } from './test-certificate.ts';
