/**
 * The shadows of engines, as a worker writes them while the engines live: it has the keys, and an engine of
 * any host may lose its own checkpoints or write none.
 *
 * Invariants: one process of a machine and one machine of a fleet writes those of an engine; nothing is read
 * while it is not known that the engine lives and nobody recovers it; no venue is asked faster than what is
 * spare of its budget allows; what lasts is said, once. Never fails.
 *
 * A loop and not an activity: one that ran for ever would hold, engine by engine, the places that recoveries
 * need; and the guardian's history would grow by each reading.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  takeShadow,
  type ShadowPorts,
  type ShadowTaken,
} from '../../../activities/procedures/shadows/take-shadow.js';
import { serverNowMs } from '../../../activities/procedures/reading/clock.js';
import { holdLock, type HeldLock } from '../../../clients/host/exclusive.js';
import {
  firstPace,
  isOthersTurn,
  nextPace,
  type Pace,
  type Turn,
} from '../../../workflows/domain/checkpoints/shadows/pace.js';
import { shadowsOf, type ShadowSettings } from '../../config/engine/checkpoints.js';
import type { Config } from '../../config/schema.js';
import { Lasting } from './lasting.js';

export interface Keeping {
  config: Pick<Config, 'host' | 'dataDir' | 'engines'>;
  logger: Pick<Logger, 'info' | 'warn'>;
  ports: ShadowPorts;
  /** Why no shadow of this engine is to be taken now, in words; null where one is. */
  whyNot: (engineId: string) => Promise<string | null>;
}

/** Until the signal. */
export async function keepShadows(keeping: Keeping, signal: AbortSignal): Promise<void> {
  const kept = Object.entries(keeping.config.engines).flatMap(([engineId, engine]) => {
    const settings = shadowsOf(engine);
    if (settings === null) return [];
    const { absurdQuantity } = engine.policy.checkpoint;
    const shadows = new Shadows(keeping, engineId, { ...settings, absurdQuantity });
    return [keepOne(shadows, signal)];
  });
  await Promise.all(kept);
}

async function keepOne(shadows: Shadows, signal: AbortSignal): Promise<void> {
  await wait(await shadows.nextInMs(), signal);
  while (!signal.aborted) {
    await shadows.take(signal);
    await wait(await shadows.nextInMs(), signal);
  }
  await shadows.stop();
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

/** `absurdQuantity`: what no checkpoint may hold. */
type Settings = ShadowSettings & { absurdQuantity: string };

/** Of one engine. */
export class Shadows {
  readonly #keeping: Keeping;
  readonly #engineId: string;
  readonly #settings: Settings;
  readonly #lasting: Lasting;
  #pace: Pace;
  #lock: HeldLock | null = null;
  #digest: string | null = null;

  constructor(keeping: Keeping, engineId: string, settings: Settings) {
    this.#keeping = keeping;
    this.#engineId = engineId;
    this.#settings = settings;
    this.#lasting = new Lasting(keeping.logger, engineId);
    this.#pace = firstPace(settings.everyMs);
  }

  /** When the next is due, and the venues' budgets have room for it. */
  async nextInMs(): Promise<number> {
    const accounts = this.#keeping.ports.venues.ofEngine(this.#engineId);
    const spare = accounts.map(async (account) => (await account.spareInMs?.()) ?? 0);
    return Math.max(this.#pace.waitMs, ...(await Promise.all(spare).catch(() => [])));
  }

  async take(signal: AbortSignal): Promise<Turn> {
    const turn = await this.#turn(signal).catch((error: unknown) =>
      this.#failed(error instanceof Error ? error.message : 'unknown'),
    );
    this.#pace = nextPace(this.#pace, turn);
    return turn;
  }

  async stop(): Promise<void> {
    await this.#lock?.release();
    this.#lock = null;
  }

  async #turn(signal: AbortSignal): Promise<Turn> {
    const { keeping, engineId } = { keeping: this.#keeping, engineId: this.#engineId };
    if (!(await this.#isOurs())) return 'quiet';
    const whyNot = () => keeping.whyNot(engineId);
    // As soon as it lives again, a shadow of it is due.
    if ((await whyNot()) !== null) return 'moved';
    const { keep, absurdQuantity } = this.#settings;
    const order = { engineId, writer: writerOf(keeping.config), keep, absurdQuantity };
    const taken = await takeShadow(keeping.ports, { ...order, whyNot, signal });
    return signal.aborted ? 'quiet' : this.#note(taken);
  }

  /** The lock is for the processes of this machine, the newest shadow for those of others. */
  async #isOurs(): Promise<boolean> {
    const { config, ports } = this.#keeping;
    this.#lock ??= await holdLock(`shadows ${config.dataDir} ${this.#engineId}`);
    if (this.#lock === null) return false;
    const [newest] = await ports.shadows.list(this.#engineId);
    const { everyMs } = this.#settings;
    const nowMs = serverNowMs(ports.clock);
    return !isOthersTurn(newest, { writer: writerOf(config), everyMs, nowMs });
  }

  #note(taken: ShadowTaken): Turn {
    if (taken.kind === 'called_off') return 'moved';
    if (taken.kind === 'not_whole') return this.#failed(taken.why);
    this.#lasting.isOver();
    const moved = taken.digest !== this.#digest;
    this.#digest = taken.digest;
    return moved ? 'moved' : 'quiet';
  }

  #failed(why: string): Turn {
    this.#lasting.note(why);
    return 'failed';
  }
}

/** The same after a restart, so that nobody waits for a writer that is back. */
function writerOf({ host, dataDir }: Pick<Config, 'host' | 'dataDir'>): string {
  return `w${createHash('sha256').update(`${host}\n${dataDir}`).digest('hex').slice(0, 15)}`;
}
