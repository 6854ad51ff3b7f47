/**
 * Step 0: what policy says about resting orders, at once; trouble here alarms and goes on.
 *
 * Dead-man switches: one that we arm is for the time in which nobody is in control, so it is
 * disarmed when the engine is about to start; one that the engine armed and we renew is left alone
 * as soon as the engine runs, or as soon as the recovery waits for people to take over.
 */
import { CancellationScope, condition, isCancellation, patched, sleep } from '@temporalio/workflow';
import { renewing, writing } from '../calls.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import { utcText } from '../domain/content/utc-text.js';
import { containedWords, venuesDone } from '../domain/crash/contained.js';
import { containmentOf, type Containment, type RecoveryPolicy } from '../domain/policy/policy.js';
import { containByList } from '../recovery/contain-by-list.js';
import type { Recovery } from '../recovery/context.js';
import { notice } from '../recovery/notices.js';
import { reasonOf } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';

const FIRING_MS = 1_000;
/** An earlier attempt's containment may be stuck at a venue that is away, and the others must not wait for that. */
const IN_TURN_WITHIN = '30s';
/** Longer than venues that are away are asked for. */
const LAST_WAIT = '5m';

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
  /** Instances at whose death the agent of their host has contained, which counts once. */
  counted: Set<string>;
  /** Venues where policy's containment could not be done; all of them where it failed as a whole. */
  uncontained: string[] | 'all';
  /** When dead-man switches that this recovery may have armed fire; null where there are none. */
  switchFires: { earliestMs: number; latestMs: number } | null;
  /** Dead-man switches that are being renewed. */
  renewal: CancellationScope | null;
}

/** `books`: recovered states of all attempts, which may grow; orders in them are ours. */
export function openContaining(recovery: Recovery, books: readonly ArtifactRef[]): Containing {
  const memory: Memory = {
    recovery,
    books,
    counted: new Set(),
    uncontained: [],
    switchFires: null,
    renewal: null,
  };
  return {
    contain: () => contain(memory),
    containAgain: (venues) => containAgain(memory, venues),
    disarmSwitches: (sinceMs) => disarmSwitches(memory, sinceMs),
    stopRenewing: () => memory.renewal?.cancel(),
  };
}

/** What the one before has cancelled stands in no list of this one, so that nothing is cancelled twice. */
async function contain(memory: Memory): Promise<void> {
  const { recovery } = memory;
  const isFree = () => recovery.containing === 0;
  if (!isFree() && patched('contains-in-turn')) {
    await condition(isFree, IN_TURN_WITHIN, { summary: 'for the containment before' });
    if (recovery.record.outcome !== 'running') return; // people have ended it meanwhile
  }
  recovery.containing += 1;
  try {
    await containStep(memory);
  } finally {
    recovery.containing -= 1;
  }
}

/** People may end a recovery meanwhile: its report tells what is left in the market all the same. */
export async function untilContainedOrLate(recovery: Recovery): Promise<void> {
  await condition(() => recovery.containing === 0, LAST_WAIT, { summary: 'for containment' });
}

async function containStep(memory: Memory): Promise<void> {
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
  const { engineId, epoch } = recovery.record;
  const begunAtMs = Date.now();
  const { except, said } = byAgent(memory);
  try {
    const where = { engineId, epoch, action, at, timeoutMs, books };
    const done = await containByList({ ...where, ...kept(recovery), ...except });
    memory.uncontained = done.failed ?? [];
    const detail = [said, done.detail].filter((part) => part !== '').join('; ');
    if (memory.uncontained.length > 0) alarm(recovery, detail, epoch);
    return { action, detail };
  } catch (error) {
    if (isCancellation(error)) throw error;
    memory.uncontained = 'all';
    const detail = `failed at every venue: ${reasonOf(error)}`;
    alarm(recovery, detail, epoch);
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

/**
 * What the agent did at the death that this attempt is about: once, because what engines of this recovery
 * place later is no part of it; and not where orders under other names may be ours.
 */
function byAgent(memory: Memory): { except: { except?: string[] }; said: string } {
  const { recovery, books, counted } = memory;
  const report = recovery.record.crashes.at(-1);
  const contained = report?.contained;
  if (report === undefined || contained === undefined || counted.has(report.instance.instanceId)) {
    return { except: {}, said: '' };
  }
  counted.add(report.instance.instanceId);
  const done = books.length > 0 ? [] : venuesDone(contained, recovery.input.rulesDigest);
  const when = `${report.host} at the death, ${utcText(contained.atMs)}`;
  const said = `by the agent of ${when}: ${containedWords(contained)}`;
  return { except: done.length === 0 ? {} : { except: done }, said };
}

/** A policy of a former version says nothing of it. */
function kept({ policy }: Recovery): { keepProtective?: boolean } {
  const { keepProtective } = policy as { keepProtective?: boolean };
  return keepProtective === undefined ? {} : { keepProtective };
}

/** `epoch`: of the attempt, which another may have followed meanwhile; what that one says is not said yet. */
function alarm(recovery: Recovery, text: string, epoch: number, key = 'containment-failed'): void {
  notice(recovery, {
    severity: 'critical',
    state: 'not_contained',
    title: `${recovery.record.engineId}: containment failed`,
    text,
    key: `${key}:e${epoch}`,
  });
}

async function containAgain(memory: Memory, venues: readonly string[]): Promise<void> {
  const { epoch } = memory.recovery.record;
  const cancels = uncontainedAmong(memory, venues).filter(
    (venue) => containmentOf(memory.recovery.policy, venue) === 'cancel_own_orders',
  );
  if (cancels.length === 0) return;
  const { failed, detail } = await cancelAgain(memory, cancels);
  if (memory.uncontained !== 'all') {
    memory.uncontained = memory.uncontained.filter(
      (venue) => !cancels.includes(venue) || failed.includes(venue),
    );
  }
  const said = memory.recovery.record.containment;
  if (said !== null) said.detail = `${said.detail}; later: ${detail}`;
  if (failed.length > 0 && alarmsAgain()) {
    alarm(memory.recovery, detail, epoch, `containment-failed-again/${failed.join()}`);
  }
}

function uncontainedAmong({ uncontained }: Memory, venues: readonly string[]): string[] {
  if (uncontained !== 'all') return uncontained.filter((venue) => venues.includes(venue));
  return alarmsAgain() ? [...venues] : [];
}

/** False in the replay of a recovery that began when only the first try was told. */
function alarmsAgain(): boolean {
  return patched('containment-again');
}

async function cancelAgain(
  { recovery, books }: Memory,
  venues: readonly string[],
): Promise<{ failed: readonly string[]; detail: string }> {
  const at = Object.fromEntries(venues.map((venue) => [venue, 'cancel_own_orders' as const]));
  const { deadManSwitchMs: timeoutMs } = recovery.policy;
  const { engineId, epoch } = recovery.record;
  const all = { engineId, epoch, action: 'none', at, timeoutMs, books } as const;
  try {
    const done = await containByList({ ...all, ...kept(recovery) });
    return { failed: done.failed ?? [], detail: done.detail };
  } catch (error) {
    if (isCancellation(error) || !alarmsAgain()) throw error;
    return { failed: venues, detail: `failed at ${venues.join(', ')}: ${reasonOf(error)}` };
  }
}

/** Beside the other steps, until the renewal is cancelled. */
function renewSwitches(memory: Memory): void {
  const { recovery } = memory;
  const { containment: action, containmentAt: at, deadManSwitchMs: timeoutMs } = recovery.policy;
  const { engineId, epoch } = recovery.record;
  memory.renewal = new CancellationScope();
  const renewal = memory.renewal
    .run(() => renewing.renewDeadManSwitches({ engineId, epoch, action, at, timeoutMs }))
    .catch(() => undefined); // retried by its policy; it ends by being cancelled
  recovery.background.push(renewal);
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
    const { failed = [] } = await writing.containRisk({
      engineId: recovery.record.engineId,
      epoch: recovery.record.epoch,
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
