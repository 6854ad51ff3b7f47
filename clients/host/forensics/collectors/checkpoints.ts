/** Which checkpoints the engine left behind: names, sizes and times, not their content. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collector } from './collector.js';

export const checkpointFiles: Collector<'checkpointFolder'> = {
  name: 'checkpoint_info.txt',
  momentary: true,
  timeoutMs: 20_000,
  async collect({ settings, add }) {
    const names = (await readdir(settings.checkpointFolder)).sort();
    const lines = await Promise.all(
      names.map(async (file) => {
        const { size, mtime } = await stat(join(settings.checkpointFolder, file));
        return `${mtime.toISOString()} ${size} ${file}`;
      }),
    );
    return { items: [await add('checkpoint_info.txt', `${lines.join('\n')}\n`)], facts: {} };
  },
};
