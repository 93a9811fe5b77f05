import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { CliError } from '../errors.ts';

export const logout = defineCommand({
  syntax: 'logout',
  summary: 'end the login, here and on the server',
  examples: [['clipscribe logout', 'the token counts nowhere any more']],
  args: z.object({}),
  run: async ({ api, sessions, out }) => {
    const session = await sessions.get(api.server);
    if (session !== undefined) {
      // First of all it is gone from here, whatever the server says.
      await sessions.remove(api.server);
      const headers = { authorization: `Bearer ${session.token}` };
      await api
        .send({ method: 'POST', path: '/logout', headers, isRepeatable: true })
        .catch((error: unknown) => {
          // A token that has expired was ended already.
          if (!(error instanceof CliError) || error.status !== 401) throw error;
        });
    }
    out.result({ server: api.server, loggedOut: session !== undefined }, () =>
      session === undefined ? `you were not logged in at ${api.server}` : `logged out at ${api.server}`,
    );
  },
});
