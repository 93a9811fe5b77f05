export { sampleUser } from './sample-user.ts';
export { describeUserStore, type UserStoreHarness } from './user-store-contract.ts';
