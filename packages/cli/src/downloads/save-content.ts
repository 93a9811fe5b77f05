import type { Context } from '../context.ts';
import { Pace } from '../screen/pace.ts';
import { createBoard } from '../screen/progress-board.ts';
import { bytesText } from '../screen/units.ts';
import { downloadFile, type DownloadOptions } from './download-file.ts';

/** Downloads to a file, shows how far it is, and says where it is. @throws CliError */
export async function saveContent(
  { account, out }: Context,
  { id, ...options }: Omit<DownloadOptions, 'onProgress'> & { id: string },
): Promise<void> {
  const row = createBoard(out).row(options.fallbackName);
  const pace = new Pace();
  try {
    const onProgress = (position: number, total: number): void => {
      row.show({ stage: 'downloading', fraction: position / total, detail: pace.text(position, total) });
    };
    const saved = await downloadFile(account, { ...options, onProgress });
    row.end();
    out.result(
      { id, ...saved },
      () => `${saved.path} (${bytesText(saved.bytes)})`,
      () => saved.path,
    );
  } finally {
    row.end();
  }
}
