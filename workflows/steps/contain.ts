/**
 * Step 0: what policy says about resting orders, at once; trouble here alarms and goes on.
 *
 * Dead-man switches: one that we arm is for the time in which nobody is in control, so it is
 * disarmed when the engine is about to start; one that the engine armed and we renew is left alone
 * as soon as the engine runs, or as soon as the recovery waits for people to take over.
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { patience, thorough } from '../calls.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import { containmentOf, type Containment, type RecoveryPolicy } from '../domain/policy/policy.js';
import type { Recovery } from '../recovery/context.js';
import { notice } from '../recovery/notices.js';
import { reasonOf } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';

const FIRING_MS = 1_000;

export interface Containing {
  /** The step itself, at the beginning of an attempt. */
  contain(): Promise<void>;
  /** Venues that were away when orders were to be cancelled, and answer now. */
  containAgain(venues: readonly string[]): Promise<void>;
  /**
   * Disarms what `contain` armed. True where a switch may have fired after `sinceMs`: what the
   * venues said then has to be read again.
   */
  disarmSwitches(sinceMs: number): Promise<boolean>;
  /** From here on the engine, or people, keep the dead-man switches alive. */
  stopRenewing(): void;
}

/** What is remembered from attempt to attempt: a switch may fire in a later one. */
interface Memory {
  recovery: Recovery;
  books: readonly ArtifactRef[];
  /** Venues where policy's containment could not be done. */
  uncontained: string[];
  /** When dead-man switches that this recovery may have armed fire; null where there are none. */
  switchFires: { earliestMs: number; latestMs: number } | null;
  /** Dead-man switches that are being renewed. */
  renewal: CancellationScope | null;
}

/** `books`: recovered states of all attempts, which may grow; orders in them are ours. */
export function openContaining(recovery: Recovery, books: readonly ArtifactRef[]): Containing {
  const memory: Memory = { recovery, books, uncontained: [], switchFires: null, renewal: null };
  return {
    contain: () => contain(memory),
    containAgain: (venues) => containAgain(memory, venues),
    disarmSwitches: (sinceMs) => disarmSwitches(memory, sinceMs),
    stopRenewing: () => memory.renewal?.cancel(),
  };
}

async function contain(memory: Memory): Promise<void> {
  const { policy, record } = memory.recovery;
  await step(memory.recovery, 'contain', async (entry) => {
    const idle = actionsOf(policy).every((what) => what === 'none');
    record.containment = idle
      ? { action: policy.containment, detail: 'by policy: orders stay as they are' }
      : await act(memory);
    entry.detail = record.containment.detail;
  });
  if (actionsOf(policy).includes('renew_dead_man_switch')) renewSwitches(memory);
}

function actionsOf({ containment, containmentAt }: RecoveryPolicy): Containment[] {
  return [containment, ...Object.values(containmentAt)];
}

async function act(memory: Memory): Promise<{ action: string; detail: string }> {
  const { recovery, books } = memory;
  const { containment: action, containmentAt: at, deadManSwitchMs: timeoutMs } = recovery.policy;
  const { engineId } = recovery.record;
  const begunAtMs = Date.now();
  try {
    const done = await thorough.containRisk({ engineId, action, at, timeoutMs, books });
    memory.uncontained = done.failed ?? [];
    if (memory.uncontained.length > 0) alarm(recovery, done.detail);
    return { action, detail: done.detail };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const detail = `failed: ${reasonOf(error)}`;
    alarm(recovery, detail);
    return { action, detail };
  } finally {
    // Armed at some time in between, even where the answer was lost.
    if (actionsOf(recovery.policy).includes('dead_man_switch')) {
      memory.switchFires = {
        earliestMs: begunAtMs + timeoutMs,
        latestMs: Date.now() + timeoutMs + FIRING_MS,
      };
    }
  }
}

function alarm(recovery: Recovery, text: string): void {
  notice(recovery, {
    severity: 'critical',
    title: `${recovery.record.engineId}: containment failed`,
    text,
    key: 'containment-failed',
  });
}

async function containAgain(memory: Memory, venues: readonly string[]): Promise<void> {
  const { recovery, books } = memory;
  const { deadManSwitchMs: timeoutMs } = recovery.policy;
  const cancels = memory.uncontained.filter(
    (venue) =>
      venues.includes(venue) && containmentOf(recovery.policy, venue) === 'cancel_own_orders',
  );
  if (cancels.length === 0) return;
  const at = Object.fromEntries(cancels.map((venue) => [venue, 'cancel_own_orders' as const]));
  const { engineId } = recovery.record;
  const done = await thorough.containRisk({ engineId, action: 'none', at, timeoutMs, books });
  const failed = done.failed ?? [];
  memory.uncontained = memory.uncontained.filter(
    (venue) => !cancels.includes(venue) || failed.includes(venue),
  );
  const said = recovery.record.containment;
  if (said !== null) said.detail = `${said.detail}; later: ${done.detail}`;
}

/** Beside the other steps, until the renewal is cancelled. */
function renewSwitches(memory: Memory): void {
  const { recovery } = memory;
  const { containment: action, containmentAt: at, deadManSwitchMs: timeoutMs } = recovery.policy;
  const { engineId } = recovery.record;
  memory.renewal = new CancellationScope();
  const renewing = memory.renewal
    .run(() => patience.renewDeadManSwitches({ engineId, action, at, timeoutMs }))
    .catch(() => undefined); // retried by its policy; it ends by being cancelled
  recovery.background.push(renewing);
}

async function disarmSwitches(memory: Memory, sinceMs: number): Promise<boolean> {
  const fires = memory.switchFires;
  if (fires === null) return false;
  const { earliestMs, latestMs } = fires;
  const disarmed = Date.now() < latestMs && (await disarm(memory));
  if (disarmed && Date.now() < earliestMs - FIRING_MS) {
    memory.switchFires = null;
    return false;
  }
  // One that fires while it is being disarmed is told from one that did not by the time alone.
  const quietAtMs = disarmed ? Math.min(latestMs, Date.now() + FIRING_MS) : latestMs;
  const leftMs = quietAtMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'until a dead-man switch has fired' });
  memory.switchFires = null;
  return sinceMs < quietAtMs;
}

async function disarm({ recovery, books }: Memory): Promise<boolean> {
  const { containment, containmentAt, deadManSwitchMs: timeoutMs } = recovery.policy;
  const disarmed = (what: Containment): Containment =>
    what === 'dead_man_switch' ? 'disarm_dead_man_switch' : 'none';
  const at = Object.entries(containmentAt).map(([venue, what]) => [venue, disarmed(what)]);
  try {
    const { failed = [] } = await thorough.containRisk({
      engineId: recovery.record.engineId,
      action: disarmed(containment),
      at: Object.fromEntries(at) as Record<string, Containment>,
      timeoutMs,
      books,
    });
    return failed.length === 0;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false; // it will fire; that is waited for, and what it did is read
  }
}
