import { Client } from '../e2e/support/client.ts';
import { Person } from './load/person.ts';

/** Neither of them an administrator: these may do everything with everybody's jobs. */
const users = {
  ada: { email: 'ada@example.org', password: 'four lamps along a quiet shore' },
  bob: { email: 'bob@example.org', password: 'seven kites above a slow river' },
} as const;

export interface People {
  /** Three that are one user. */
  ada: readonly Person[];
  /** Another user. */
  bob: Person;
}

/** Signs two users in, of whom nobody may see anything of the other. */
export async function gatherPeople(
  gatewayUrls: readonly string[],
  onBreach: (subject: string, what: string) => void,
): Promise<People> {
  const [url = ''] = gatewayUrls;
  const [adasToken, bobsToken] = [await register(url, users.ada), await register(url, users.bob)];
  const person = (name: string, token: string): Person =>
    new Person({ name, clients: gatewayUrls.map((gateway) => new Client(gateway, token)), onBreach });
  return {
    ada: ['ada-1', 'ada-2', 'ada-3'].map((name) => person(name, adasToken)),
    bob: person('bob', bobsToken),
  };
}

async function register(url: string, user: { email: string; password: string }): Promise<string> {
  const answer = await fetch(`${url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(user),
  });
  if (answer.status !== 201) throw new Error(`registering answered ${answer.status}`);
  const { token } = await Client.login(url, user.email, user.password);
  return token;
}
