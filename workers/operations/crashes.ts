/** The crashes of an engine as the agent of this machine has seen them, without Temporal. */
import type { CrashesAnswer } from '../../clients/cli/operations.js';
import { composeCrashLog, composeKeptNotices } from '../compose/crashes.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';

export async function crashesOf(config: Config, engineId: string): Promise<CrashesAnswer> {
  engineOf(config, engineId);
  const kept = await composeKeptNotices(config).load();
  const untold = kept.flatMap(({ notice, waiting }) =>
    notice.engineId === engineId && waiting.length > 0 ? [{ title: notice.title, waiting }] : [],
  );
  return { lines: await composeCrashLog(config).of(engineId), untold };
}
