import { link, lstat, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cannotWrite, CliError, systemCode } from '../errors.ts';

/** Where a download goes to. */
export interface Target {
  path: string;
  /** Whether a file that is there is replaced. */
  force: boolean;
}

/**
 * The file for a download: the one that was named; in the folder that was named, or the current one, by the server's name.
 * @throws CliError FILE_EXISTS, CANNOT_WRITE before anything is sent for nothing
 */
export async function chooseTarget(
  output: string | undefined,
  name: string,
  force: boolean,
): Promise<Target> {
  const isFolder = output !== undefined && (/[/\\]$/.test(output) || (await isDirectory(output)));
  const path = output === undefined ? name : isFolder ? join(output, name) : output;
  const info = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw cannotWrite(path, error);
    return undefined;
  });
  if (info !== undefined && !force) throw fileExists(path);
  // Renaming would put a file in the place of a device or a link.
  if (info !== undefined && !info.isFile())
    throw new CliError('NOT_A_FILE', `${path} is not a file that can be replaced`);
  return { path, force };
}

/** Beside the target, so that it can be renamed; `tag` tells versions of the content apart. */
export function partPath({ path }: Target, tag: string): string {
  let name = basename(path);
  // Where the target's name fits, this one has to fit too: file systems have 255 bytes for it.
  while (Buffer.byteLength(name) > 100) name = name.replace(/.$/su, '');
  return join(dirname(path), `.${name}.${tag}.part`);
}

/** Gives the complete file its name. Without force, a file that appeared in the meantime is left alone. */
export async function publish(part: string, { path, force }: Target): Promise<void> {
  try {
    if (force) await rename(part, path);
    else await linkAndRemove(part, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw fileExists(path);
    throw cannotWrite(path, error);
  }
}

/** Linking fails where there is something; renaming replaces it. */
async function linkAndRemove(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    // File systems without hard links, such as FAT.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error) ?? ''))
      throw error;
    if (await exists(path)) throw fileExists(path);
    await rename(part, path);
    return;
  }
  await rm(part);
}

function fileExists(path: string): CliError {
  return new CliError(
    'FILE_EXISTS',
    `${path} exists already; --force replaces it, --output names another file`,
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
