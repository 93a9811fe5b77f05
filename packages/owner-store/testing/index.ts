export { describeOwnerStore, type OwnerStoreHarness } from './owner-store-contract.ts';
export { sampleSettings } from './sample-settings.ts';
