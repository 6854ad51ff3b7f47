/**
 * People are told of a crash by the agent itself, at once: with Temporal away too, and where nobody recovers
 * the engine.
 *
 * Invariants: it fails for nobody's sake, and waits for no channel; a death is told once, by a later agent
 * neither; a channel that cannot be opened here is said, and keeps no other from being told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openNoticeOutbox } from '../../../activities/procedures/notices/notice-outbox.js';
import {
  crashNotice,
  type CrashNotice,
  type SwitchReading,
} from '../../../workflows/domain/crash/telling.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { crashesInWindow } from '../../../workflows/domain/crash/window.js';
import { incidentIdOf } from '../../../workflows/ids.js';
import { composeReachableChannels } from '../../compose/channels.js';
import { composeCrashLog, composeKeptNotices } from '../../compose/crashes.js';
import { engineOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';

export interface Telling {
  /** Resolves as soon as a restart would neither lose it nor tell it again. Never fails. */
  tell(report: CrashReport, killSwitch: SwitchReading): Promise<void>;
  /** Of anything else that the agent has to say, as `tell` does. */
  send(notice: CrashNotice): Promise<void>;
  stop(): void;
}

const DISK_WITHIN_MS = 1_000;

export async function openTelling(config: Config, logger: Logger): Promise<Telling> {
  const crashLog = composeCrashLog(config);
  const channels = composeReachableChannels(config, (channel, why) => {
    logger.error({ channel, why }, 'this agent cannot tell people by this channel');
  });
  const outbox = await openNoticeOutbox(channels, composeKeptNotices(config), {
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    onTrouble: (trouble) => {
      logger.warn(trouble, 'a notice was not taken: it is kept and sent again');
    },
  });
  async function countOf(report: CrashReport, killSwitch: SwitchReading): Promise<number | null> {
    const { windowMs } = engineOf(config, report.engineId).policy.crashLoop;
    const lines = await Promise.race([
      crashLog.add(report, killSwitch).catch((error: NodeJS.ErrnoException) => {
        logger.error({ why: error.code }, 'the crash log cannot be written');
        return null;
      }),
      sleep(DISK_WITHIN_MS, null, { ref: false }),
    ]);
    const times = lines?.map(({ detectedAtMs }) => detectedAtMs);
    return times === undefined
      ? null
      : crashesInWindow(times, report.detectedAtMs, windowMs).length;
  }
  return {
    async tell(report, killSwitch) {
      const { engineId, instance } = report;
      const count = await countOf(report, killSwitch);
      const limits = engineOf(config, engineId).policy.crashLoop;
      const incidentId = incidentIdOf(engineId, instance.instanceId);
      const notice = crashNotice(report, { incidentId, count, limits, killSwitch });
      await outbox.send({ ...notice, atMs: report.detectedAtMs });
    },
    send: (notice) => outbox.send({ ...notice, atMs: Date.now() }),
    stop: () => outbox.stop(),
  };
}
