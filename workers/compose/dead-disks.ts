/**
 * A configuration without the folders that do not answer, for a stop, which must wait for no disk.
 *
 * Invariant: each is asked once in a process, and nothing of one that does not answer is touched after that, not
 * even by the reading of a key: whoever waits for a dead mount stops nothing any more.
 */
import { answers, askingOnce } from '../../clients/host/answering.js';
import type { Answering } from '../../clients/host/installation.js';
import type { Config } from '../config/schema.js';

/** Where nothing can be, nor be written; asking for it takes no time. */
const NOWHERE = '/dev/null/does-not-answer';

export interface Answered {
  config: Config;
  /** Why nothing of `dataDir` can be used, in words; null where it can. */
  away: string | null;
}

export interface Disks {
  /** As far as the latch needs it. */
  latching(): Promise<Answered>;
  /** And its engine's own folders. */
  stopping(engineId: string): Promise<Answered>;
}

export function createDisks(config: Config, ask: Answering = answers): Disks {
  const isThere = askingOnce(ask);
  const orNowhere = async (folder: string) => ((await isThere(folder)) ? folder : NOWHERE);
  return {
    latching: () => withDataDir(config, orNowhere),
    async stopping(engineId) {
      const { config: based, away } = await withDataDir(config, orNowhere);
      return { config: await withOwn(based, engineId, orNowhere), away };
    },
  };
}

type OrNowhere = (folder: string) => Promise<string>;

async function withDataDir(config: Config, orNowhere: OrNowhere): Promise<Answered> {
  const dataDir = await orNowhere(config.dataDir);
  const away = dataDir === config.dataDir ? null : `${config.dataDir} does not answer`;
  return { config: { ...config, dataDir }, away };
}

/** And keys of messages. */
async function withOwn(config: Config, engineId: string, orNowhere: OrNowhere): Promise<Config> {
  const { folder } = config.messages;
  const messages = {
    ...config.messages,
    folder: folder === null ? null : await orNowhere(folder),
  };
  const engine = Object.hasOwn(config.engines, engineId) ? config.engines[engineId] : undefined;
  if (engine === undefined) return { ...config, messages };
  const { written, recovered } = engine.checkpoints;
  const [where, whereOurs] = await Promise.all([
    written === null ? null : orNowhere(written),
    orNowhere(recovered),
  ]);
  const checkpoints = { ...engine.checkpoints, written: where, recovered: whereOurs };
  const engines = { ...config.engines, [engineId]: { ...engine, checkpoints } };
  return { ...config, messages, engines };
}
