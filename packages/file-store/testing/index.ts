export { describeFileStore, type FileStoreHarness } from './file-store-contract.ts';
export { bytesOf, sampleMeta } from './sample-file.ts';
