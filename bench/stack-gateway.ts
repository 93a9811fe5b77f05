import { adminEmail, adminPassword } from '../e2e/support/suite-process.ts';
import { Client } from '../e2e/support/client.ts';
import { startStack } from '../e2e/support/stack.ts';
import type { GatewayUnderTest } from './gateway-process.ts';

export interface StackGateway extends GatewayUnderTest {
  /** Address of the MongoDB that the files go to. */
  filesUrl: string;
}

/** The whole stack in a fresh folder, without a speech engine. */
export async function startStackGateway(folder: string): Promise<StackGateway> {
  const stack = await startStack(folder, { TRANSCRIBER: 'none' });
  const client = await Client.login(stack.url, adminEmail, adminPassword);
  return { client, gateway: stack.services.gateway, filesUrl: stack.urls.FILES_URL, stop: stack.stop };
}
