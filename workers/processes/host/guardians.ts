/**
 * The guardians of the engines of this host, as their agent keeps them: one that has ended is begun anew, and
 * people are told of one that can take no crash.
 *
 * Invariants: none is begun for an engine of another host, nor once the agent ends; one engine waits for no
 * other; a trouble is told once while it lasts; a server that does not answer is no word about a guardian.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { askGuardian, lookAtGuardian } from '../../../clients/temporal/guardians.js';
import { ensureGuardian } from '../../../clients/temporal/recoveries.js';
import {
  guardianNotice,
  lasting,
  strangerTrouble,
  troubleOf,
  type GuardianTrouble,
} from '../../../workflows/domain/crash/guardian-trouble.js';
import type { CrashNotice } from '../../../workflows/domain/crash/telling.js';
import { STUCK_AFTER, type Unanswered } from '../../../workflows/domain/crash/stuck.js';
import { steeringIdOf } from '../../../workflows/ids.js';
import { enginesHere } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';

/**
 * A report starts its guardian by itself, so nothing of a crash waits for this. What waits is a recovery that
 * nobody follows meanwhile: it counts as stuck after 15 s of failing, and until then nobody misses a guardian.
 */
const EVERY_MS = 10_000;
/** While the server does not answer: the first guardian is to be warm before the first crash. */
const AGAIN_MS = 2_000;
/** A question may have a worker replay a whole history: not with each look. */
const ASK_EVERY = 3;

interface Keeping {
  config: Config;
  connect: () => Promise<Client>;
  logger: Logger;
  send: (notice: CrashNotice) => Promise<void>;
}

/** Until the signal. Never fails. */
export async function keepGuardians(keeping: Keeping, signal: AbortSignal): Promise<void> {
  const engines = enginesHere(keeping.config).map(([engineId]) => engineId);
  await Promise.all(engines.map(async (engineId) => keepOne(keeping, engineId, signal)));
}

async function keepOne(keeping: Keeping, engineId: string, signal: AbortSignal): Promise<void> {
  const watch = new Watch(keeping, engineId);
  while (!signal.aborted) {
    const isSeen = await look(keeping, watch, signal).then(
      () => true,
      () => false, // it is the server that is away: a later look will tell
    );
    const waitMs = isSeen ? EVERY_MS : AGAIN_MS;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

async function look({ connect }: Keeping, watch: Watch, signal: AbortSignal): Promise<void> {
  const client = await connect();
  if (!signal.aborted) await watch.look(client);
}

class Watch {
  #looks = 0;
  #unanswered: Unanswered[] = [];
  #trouble: GuardianTrouble | null = null;
  #ours: string | null = null;
  readonly #keeping: Keeping;
  readonly #engineId: string;

  constructor(keeping: Keeping, engineId: string) {
    this.#keeping = keeping;
    this.#engineId = engineId;
  }

  /** Fails where the server does not answer. */
  async look(client: Client): Promise<void> {
    const look = await lookAtGuardian(client, this.#engineId, this.#ours);
    this.#ours = look.kind === 'ours' ? look.runId : null;
    if (look.kind === 'none') {
      await ensureGuardian(client, this.#engineId);
      return this.#judge(null);
    }
    if (look.kind === 'stranger') return this.#judge(strangerTrouble(look.runId, look.why));
    if (look.failing === null) await this.#ask(client);
    return this.#judge(troubleOf({ ...look, unanswered: this.#unanswered }, Date.now()));
  }

  async #ask(client: Client): Promise<void> {
    this.#looks += 1;
    if (this.#looks % ASK_EVERY !== 0) return;
    const unanswered = await askGuardian(client, this.#engineId);
    const before = this.#unanswered.slice(1 - STUCK_AFTER.unanswered);
    this.#unanswered = unanswered === null ? [] : [...before, unanswered];
  }

  async #judge(trouble: GuardianTrouble | null): Promise<void> {
    const { config, logger, send } = this.#keeping;
    const engineId = this.#engineId;
    const before = this.#trouble;
    this.#trouble = trouble === null ? null : lasting(before, trouble);
    if (this.#trouble === before) return;
    if (this.#trouble === null) {
      logger.warn({ engineId }, 'its guardian takes crashes again');
      return;
    }
    const { why } = this.#trouble;
    logger.error({ engineId, why }, 'NO GUARDIAN: no crash of it can be recovered from');
    const incidentId = steeringIdOf(engineId);
    await send(guardianNotice({ incidentId, engineId, host: config.host }, this.#trouble));
  }
}
