/**
 * Whose a data folder is.
 *
 * Invariant: fence, keys, spool and watched records of one host are read by no other: a folder that a
 * host has used is refused to any other name, and nobody loses a kill switch by a new name in silence;
 * a copy of it on another machine is known by the place of the agent that it names.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { HostName } from '../../workflows/domain/content/names.js';
import { keepContent, keepName, writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import type { ToldPlace } from './place.js';
import { FolderNotPrivate } from './private-folders.js';

const FILE = 'host.json';
const MODE = 0o600;
const Claim = z.object({ host: HostName });

/** The folder is another host's, in words with the remedy. */
class FolderOfAnother extends FolderNotPrivate {
  override name = 'FolderOfAnother';
}

/** From now on it is this host's; that of an earlier version becomes the first one's that comes. */
export async function claimFolder(
  dataDir: string,
  host: string,
  files: Files = disk,
): Promise<void> {
  await makeFolders(dataDir, files);
  const path = join(dataDir, FILE);
  const content = `${JSON.stringify({ host })}\n`;
  if (await isNew(path, content, files)) return;
  const text = (await files.read(path))?.toString() ?? '';
  const claim = claimIn(text);
  if (claim === host) return keepContent(path, files);
  if (isUnfinished(text)) return writeAtomically(path, content, files, MODE);
  const whose = claim === null ? `${path} does not tell whose it is` : `is of host "${claim}"`;
  throw new FolderOfAnother(
    `dataDir ${dataDir} ${whose}, and this is "${host}": fence, kill switch, keys and what is watched ` +
      'are shared by no two hosts. Name another dataDir; where this machine has only been renamed, ' +
      `set host: ${claim ?? 'NAME'}, or remove ${path} after a look that no agent of it runs`,
  );
}

/** The power failed before anybody was told that the folder is its own. */
function isUnfinished(text: string): boolean {
  return /^\0*$/.test(text);
}

async function isNew(path: string, content: string, files: Files): Promise<boolean> {
  try {
    await files.write(path, content, { mode: MODE, synced: true, exclusive: true });
    await keepName(path, files);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

const AGENT_FILE = 'agent.json';
const AgentPlace = z.object({
  host: z.string().min(1),
  bootId: z.string().min(1).optional(),
  pidNamespace: z.string().min(1).optional(),
});

/** Its owner is who runs the agent. */
export function agentFile(dataDir: string): string {
  return join(dataDir, AGENT_FILE);
}

/** An agent begins here: whoever looks for processes later knows whether they can be seen. */
export async function noteAgent(dataDir: string, place: ToldPlace): Promise<void> {
  await writeAtomically(agentFile(dataDir), JSON.stringify(place));
}

/** Where the last one began; null where none has, or that cannot be read. */
export async function agentPlace(dataDir: string): Promise<ToldPlace | null> {
  try {
    const content = await disk.read(agentFile(dataDir));
    return content === null ? null : AgentPlace.parse(JSON.parse(content.toString()));
  } catch {
    return null;
  }
}

function claimIn(text: string): string | null {
  try {
    return Claim.parse(JSON.parse(text)).host;
  } catch {
    return null;
  }
}
