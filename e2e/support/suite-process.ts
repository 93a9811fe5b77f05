import { startService, type ServiceProcess } from './service-process.ts';

export const adminEmail = 'admin@clipscribe.local';
export const adminPassword = 'lanterns over nine quiet harbours';

export interface SuiteProcess extends ServiceProcess {
  url: string;
}

/** Starts the whole suite on a data folder, on any free port, with a known administrator. */
export async function startSuite(
  dataFolder: string,
  env: Record<string, string> = {},
): Promise<SuiteProcess> {
  const suite = startService('suite', {
    DATA_DIR: dataFolder,
    PORT: '0',
    SAMPLE: 'off',
    BCRYPT_COST: '10',
    ADMIN_PASSWORD: adminPassword,
    ...env,
  });
  const [, url = ''] = await suite.waitFor(/clipscribe runs at (http:\S+)/);
  await suite.waitFor(/Ctrl-C stops it/);
  return { ...suite, url };
}
