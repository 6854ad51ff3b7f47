/** Which checkpoints the engine left behind: names, sizes and times, not their content. */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../../../workflows/domain/content/printable.js';
import { missing, type Collector } from './collector.js';

const NAME = 'checkpoint_info.txt';
/** Its folder is the engine's, which may hold anything. */
const MOST_FILES = 10_000;

export const checkpointFiles: Collector<'checkpointFolder'> = {
  name: NAME,
  momentary: true,
  beside: true,
  timeoutMs: 20_000,
  async collect({ settings, add }) {
    const { checkpointFolder: folder } = settings;
    if (folder === null) return { items: [missing(NAME, 'the engine writes none')], facts: {} };
    const { names, more } = await namesIn(folder);
    if (names.length === 0) return { items: [missing(NAME, 'the folder is empty')], facts: {} };
    const lines = await Promise.all(names.map((name) => lineOf(join(folder, name), name)));
    const end = more ? [`and more than ${MOST_FILES} files`] : [];
    return { items: [await add(NAME, `${[...lines, ...end].join('\n')}\n`)], facts: {} };
  },
};

async function namesIn(folder: string): Promise<{ names: string[]; more: boolean }> {
  const names: string[] = [];
  for await (const { name } of await opendir(folder)) {
    if (names.length === MOST_FILES) return { names: names.toSorted(), more: true };
    names.push(name);
  }
  return { names: names.toSorted(), more: false };
}

/** Of the name itself, wherever it may lead. */
async function lineOf(path: string, name: string): Promise<string> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return `gone meanwhile: ${printable(name)}`;
  const kind = found.isFile() ? '' : ', no regular file';
  return `${found.mtime.toISOString()} ${found.size} ${printable(name)}${kind}`;
}
