/**
 * Step 0: what policy says about resting orders, at once; trouble here alarms and goes on.
 *
 * Dead-man switches: one that we arm is for the time in which nobody is in control, so it is
 * disarmed when the engine is about to start; one that the engine armed and we renew is left alone
 * as soon as the engine runs, or as soon as the recovery waits for people to take over.
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { patience, thorough } from '../calls.js';
import type { Containment } from '../domain/policy/policy.js';
import { notice, reasonOf, step, type Recovery } from '../recovery/context.js';

const FIRING_MS = 1_000;

export async function contain(recovery: Recovery): Promise<void> {
  const { containment: action } = recovery.policy;
  await step(recovery, 'contain', async (entry) => {
    const idle = actionsOf(recovery).every((what) => what === 'none');
    recovery.record.containment = idle
      ? { action, detail: 'by policy: orders stay as they are' }
      : await act(recovery);
    entry.detail = recovery.record.containment.detail;
  });
  if (actionsOf(recovery).includes('renew_dead_man_switch')) renewSwitches(recovery);
}

function actionsOf({ policy }: Recovery): Containment[] {
  return [policy.containment, ...Object.values(policy.containmentAt)];
}

async function act(recovery: Recovery): Promise<{ action: string; detail: string }> {
  const { containment: action, containmentAt: at, deadManSwitchMs: timeoutMs } = recovery.policy;
  const { books, record } = recovery;
  const { engineId } = record;
  const begunAtMs = Date.now();
  try {
    const done = await thorough.containRisk({ engineId, action, at, timeoutMs, books });
    recovery.uncontained = done.failed ?? [];
    if (recovery.uncontained.length > 0) alarm(recovery, done.detail);
    return { action, detail: done.detail };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const detail = `failed: ${reasonOf(error)}`;
    alarm(recovery, detail);
    return { action, detail };
  } finally {
    // Armed at some time in between, even where the answer was lost.
    if (actionsOf(recovery).includes('dead_man_switch')) {
      recovery.switchFires = {
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

/** A venue that was away when orders were to be cancelled, and answers now. */
export async function containAgain(recovery: Recovery, venues: readonly string[]): Promise<void> {
  const { containment, containmentAt, deadManSwitchMs: timeoutMs } = recovery.policy;
  const cancels = recovery.uncontained.filter(
    (venue) =>
      venues.includes(venue) && (containmentAt[venue] ?? containment) === 'cancel_own_orders',
  );
  if (cancels.length === 0) return;
  const at = Object.fromEntries(cancels.map((venue) => [venue, 'cancel_own_orders' as const]));
  const { books, record } = recovery;
  const { engineId } = record;
  const done = await thorough.containRisk({ engineId, action: 'none', at, timeoutMs, books });
  const failed = done.failed ?? [];
  recovery.uncontained = recovery.uncontained.filter(
    (venue) => !cancels.includes(venue) || failed.includes(venue),
  );
  const said = recovery.record.containment;
  if (said !== null) said.detail = `${said.detail}; later: ${done.detail}`;
}

/** Beside the other steps, until the renewal is cancelled. */
function renewSwitches(recovery: Recovery): void {
  const { containment: action, containmentAt: at, deadManSwitchMs: timeoutMs } = recovery.policy;
  const { engineId } = recovery.record;
  recovery.renewal = new CancellationScope();
  const renewing = recovery.renewal
    .run(() => patience.renewDeadManSwitches({ engineId, action, at, timeoutMs }))
    .catch(() => undefined); // retried by its policy; it ends by being cancelled
  recovery.background.push(renewing);
}

/**
 * Disarms what `contain` armed. True where a switch may have fired after `sinceMs`: what the venues
 * said then has to be read again.
 */
export async function disarmSwitches(recovery: Recovery, sinceMs: number): Promise<boolean> {
  const fires = recovery.switchFires;
  if (fires === null) return false;
  const { earliestMs, latestMs } = fires;
  const disarmed = Date.now() < latestMs && (await disarm(recovery));
  if (disarmed && Date.now() < earliestMs - FIRING_MS) {
    recovery.switchFires = null;
    return false;
  }
  // One that fires while it is being disarmed is told from one that did not by the time alone.
  const quietAtMs = disarmed ? Math.min(latestMs, Date.now() + FIRING_MS) : latestMs;
  const leftMs = quietAtMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'until a dead-man switch has fired' });
  recovery.switchFires = null;
  return sinceMs < quietAtMs;
}

async function disarm(recovery: Recovery): Promise<boolean> {
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
      books: recovery.books,
    });
    return failed.length === 0;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false; // it will fire; that is waited for, and what it did is read
  }
}
