import { join } from 'node:path';
import { DataFolder } from '@clipscribe/suite/local';
import { startBacking, startOn, type Stack } from '../../stack/start-stack.ts';
import { adminEmail, adminPassword } from './suite-process.ts';

/** Starts real servers and the four services on them, with a known administrator. */
export async function startStack(data: string, env: Record<string, string> = {}): Promise<Stack> {
  const folder = DataFolder.open(join(data, 'stack'));
  const backing = await startBacking(folder);
  try {
    const { PATH, HOME } = process.env;
    const admin = { email: adminEmail, password: adminPassword };
    const given = { PATH, HOME, BCRYPT_COST: '10', LOG_LEVEL: 'info', ...env };
    const stack = await startOn(backing, folder, { env: given, admin });
    const stop = async (): Promise<void> => {
      await stack.stop();
      folder.close();
    };
    return { ...stack, stop };
  } catch (error) {
    await backing.stop();
    folder.close();
    throw error;
  }
}
