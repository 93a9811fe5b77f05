export { iso } from '@clipscribe/contracts';
