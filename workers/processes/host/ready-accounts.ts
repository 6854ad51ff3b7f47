/**
 * The agent's own accounts at the venues, ready before any death: the library is loaded, each venue's list of
 * markets is known, and the key has been tried. The first crash of all would wait seconds for that.
 *
 * Invariants: one that cannot be made ready is said once, and is tried at the death all the same; keys are
 * read again each time, so that one that was changed is used without a restart.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { VenueAccount } from '../../../activities/ports.js';
import { composeAgentAccounts } from '../../compose/containment.js';
import { agentVenues } from '../../config/containment.js';
import { enginesHere } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';

/** Markets are listed, and keys are changed, by people: a day's work, not a second's. */
const RENEW_EVERY_MS = 600_000;

export interface ReadyAccounts {
  ofEngine(engineId: string): VenueAccount[];
  /** Until the signal. Never fails. */
  keepReady(signal: AbortSignal): Promise<void>;
}

export function createReadyAccounts(config: Config, logger: Logger): ReadyAccounts {
  const ready = new Map<string, VenueAccount[]>();
  const said = new Map<string, string>();
  const tryOne = async (engineId: string, account: VenueAccount) => {
    const { venue } = account;
    const key = `${engineId} ${venue}`;
    try {
      await account.readOpenOrders();
      said.delete(key);
    } catch (error) {
      const { type: why = 'unknown' } = error as { type?: string };
      if (said.get(key) === why) return;
      said.set(key, why);
      logger.error(
        { engineId, venue, why },
        'THE AGENT COULD NOT CONTAIN HERE NOW: look at its key',
      );
    }
  };
  const renew = async (engineId: string) => {
    const accounts = composeAgentAccounts(config, engineId);
    await Promise.all(accounts.map(async (account) => tryOne(engineId, account)));
    ready.set(engineId, accounts);
  };
  return {
    ofEngine: (engineId) => ready.get(engineId) ?? composeAgentAccounts(config, engineId),
    async keepReady(signal) {
      const own = enginesHere(config).filter(([, engine]) => agentVenues(engine).length > 0);
      while (own.length > 0 && !signal.aborted) {
        await Promise.allSettled(own.map(async ([engineId]) => renew(engineId)));
        logger.info('the agent is ready to contain');
        await sleep(RENEW_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    },
  };
}
