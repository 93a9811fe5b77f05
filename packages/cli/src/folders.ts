import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where logins are kept, and where what is under way is noted. */
export interface Folders {
  config: string;
  state: string;
}

/**
 * The user's folders: by the XDG base directory specification, which counts on every system where its variables are
 * set; on Windows else by APPDATA and LOCALAPPDATA, on macOS in Library/Application Support.
 */
export function userFolders(env: Env, platform: NodeJS.Platform, given: string = homedir()): Folders {
  // With HOME set to nothing, the system knows better: logins must not lie in the current folder.
  const home = given === '' ? userInfo().homedir : given;
  const mac = join(home, 'Library', 'Application Support');
  const config: Partial<Record<NodeJS.Platform, string | undefined>> = { win32: env['APPDATA'], darwin: mac };
  const state: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: env['LOCALAPPDATA'],
    darwin: mac,
  };
  return {
    config: join(absolute(env['XDG_CONFIG_HOME']) ?? config[platform] ?? join(home, '.config'), 'clipscribe'),
    state: join(
      absolute(env['XDG_STATE_HOME']) ?? state[platform] ?? join(home, '.local', 'state'),
      'clipscribe',
    ),
  };
}

/** The specification says to ignore relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && /^([/\\]|[A-Za-z]:[/\\])/.test(path) ? path : undefined;
}
