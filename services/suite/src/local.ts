/** What every way of running clipscribe on one machine shares. */
export { DataFolder } from './data-folder.ts';
export { firstPassword, type FirstPassword } from './first-password.ts';
export { welcome } from './welcome.ts';
