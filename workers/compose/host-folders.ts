/**
 * What must be so on an engine's host before anything is watched: the agent's folders are its own,
 * and an engine of another user reaches what is its own.
 *
 * Invariant: whatever would leave an engine of its own user able to undo the kill switch is an error
 * at the start, in words; never found out during an incident.
 */
import { chmod, lchown, lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { entryOf } from '../../clients/detector/settings.js';
import { engineUserOf, type EngineUser } from '../../clients/engine/engine-user.js';
import { makeFolderOf } from '../../clients/engine/launch.js';
import { disk } from '../../clients/files/disk.js';
import { makeOwnFolders } from '../../clients/files/folders.js';
import { claimFolder, noteAgent } from '../../clients/host/data-folder.js';
import { keepInstallation } from '../../clients/host/installation.js';
import { placeHere, toldPlace } from '../../clients/host/place.js';
import {
  FolderNotPrivate,
  keepPrivate,
  refuseReplaceable,
} from '../../clients/host/private-folders.js';
import { enginesHere } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import type { Config, EngineConfig } from '../config/schema.js';

/** Fails with a ConfigError; gives the users of the engines that have one other than ours. */
export async function prepareHost(
  config: Config,
  logger: Pick<Logger, 'warn'>,
): Promise<Map<string, EngineUser>> {
  try {
    await claimFolder(config.dataDir, config.host);
    await keepInstallation(config.dataDir);
    const closed = await keepPrivate(config.dataDir);
    await noteAgent(config.dataDir, toldPlace(placeHere(config.host)));
    if (closed.length > 0)
      logger.warn({ closed }, 'folders stood open to others: now they are 0700');
    const users = new Map<string, EngineUser>();
    for (const [engineId, engine] of enginesHere(config)) {
      const user = engineUserOf(engineId, engine.control.user);
      if (user === null) continue;
      users.set(engineId, user);
      const closed = await prepareEngine(engineId, engine, user);
      if (closed.length > 0) {
        const remedy = `chown ${user.name} them, or name others`;
        logger.warn(
          { engineId, folders: closed, remedy },
          'the user of the engine cannot write here',
        );
      }
    }
    if (users.size > 0) await refuseReplaceable(config.dataDir);
    return users;
  } catch (error) {
    const named = error instanceof FolderNotPrivate || error instanceof ConfigError;
    const invalid = (error as { type?: unknown }).type === 'ConfigurationInvalid';
    if (named || invalid) throw new ConfigError((error as Error).message);
    throw error;
  }
}

/** Where it writes, and where it reads what a recovery has written; gives what it cannot write to. */
async function prepareEngine(
  engineId: string,
  { checkpoints, journal, control, forensics, liveness }: EngineConfig,
  user: EngineUser,
): Promise<string[]> {
  const heartbeat = entryOf(liveness, 'heartbeat');
  const written = [
    control.workingFolder,
    ...(checkpoints.written === null ? [] : [checkpoints.written]),
    ...(journal === null ? [] : [journal.folder]),
    forensics.coreFolder,
    ...(heartbeat === null ? [] : [dirname(heartbeat.file)]),
  ];
  for (const folder of written) makeFolderOf(folder, user);
  await keepReadable(engineId, checkpoints.recovered, user);
  const open = await Promise.all(written.map((folder) => mayWrite(folder, user)));
  return [...new Set(written.filter((_folder, index) => open[index] !== true))];
}

async function mayWrite(folder: string, user: EngineUser): Promise<boolean> {
  const { uid, gid, mode } = await stat(folder);
  if (uid === user.uid) return (mode & 0o200) !== 0;
  return (mode & (gid === user.gid ? 0o020 : 0o002)) !== 0;
}

/** What people approve lies in it: the engine reads it, and must not be able to replace it. */
async function keepReadable(engineId: string, folder: string, user: EngineUser): Promise<void> {
  await makeOwnFolders(folder, disk);
  const own = process.getuid?.() ?? 0;
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== own) {
    throw new ConfigError(
      `engines.${engineId}.checkpoints.recovered: ${folder} must be a folder of the agent (uid ` +
        `${own}), or "${user.name}" could replace what people approve: name another, or chown it`,
    );
  }
  await lchown(folder, own, user.gid);
  await chmod(folder, 0o750);
}
