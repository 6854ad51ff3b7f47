/** Step 6: write the recovered checkpoint, boot from it without trading, verify what is held. */
import { patched, sleep } from '@temporalio/workflow';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { HealthVerdict } from '../domain/engine/health.js';
import { mayTradeAtStart } from '../domain/policy/policy.js';
import { requireApproval } from '../recovery/asking.js';
import { instanceOf, type Recovery } from '../recovery/context.js';
import { tellOfTrading } from '../recovery/engine-life.js';
import { ManualRecoveryNeeded } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';
import { proveDeath } from './analyse.js';
import { enteredWords, openEntering } from './booting/enter-state.js';
import { notOffered, readyWithin, startInstance } from './by-hand/start.js';
import type { ReconciledState } from './reconcile.js';

/** `onRunning`: called as soon as the process runs, before it is known to be healthy. */
export async function startAndCheckHealth(
  recovery: Recovery,
  { reconciled, state }: { reconciled: ReconciledState; state: ArtifactRef },
  onRunning: () => void,
): Promise<void> {
  const { record, host, policy } = recovery;
  const { engineId, epoch } = record;
  await step(recovery, 'start', async (entry) => {
    const written = await host.writeRecoveredCheckpoint({
      engineId,
      instanceId: instanceOf(recovery),
      epoch,
      state,
      sequence: reconciled.sequence,
      takenAtMs: reconciled.taken.takenAtMs,
    });
    const { boot, ...file } = written;
    const { digest } = file;
    const planned = instanceOf(recovery);
    record.recoveredCheckpoint = { ...file, state, instanceId: planned, engineDigest: null };
    const last = record.crashes.at(-1);
    // What no source can see may have been started by hand while people were asked.
    if (last?.instance.pid === null) await proveDeath(recovery, last);
    // Of one that boots from the file nothing more is awaited: recoveries of before must replay.
    const entering = openEntering(recovery, boot, state);
    if (entering !== null) await entering.now('before_start');
    if (mayTradeAtStart(policy)) await tellOfTrading(recovery); // before it trades, and not after
    const started = await startInstance(recovery, written.path);
    const { pid, instanceId, by } = started;
    record.recoveredCheckpoint.instanceId = instanceId;
    onRunning();
    if (isAsked(started)) await untilReady(recovery, instanceId);
    if (entering !== null) await entering.now('after_start');
    const { settleMs } = policy.health;
    if (settleMs > 0) await sleep(settleMs, { summary: 'let the services settle' });
    const asked = { engineId, instanceId, digest, state, ...tradingOf(policy) };
    const told = await host.checkComprehensiveHealth(asked);
    const health = entering === null ? told : await entering.untilHeld(asked, told);
    record.recoveredCheckpoint.engineDigest = health.engineDigest;
    if (!health.healthy) {
      throw new ManualRecoveryNeeded(`health check failed: ${health.failed.join('; ')}`);
    }
    entry.detail =
      `${instanceId} runs as pid ${pid}${by}; ${health.checks} checks passed${enteredWords(entering)}; ` +
      equal(health);
    await askAboutUntold(recovery, health);
  });
}

/** An agent of an earlier version cannot be. */
function isAsked({ awaitsReady }: { awaitsReady: boolean }): boolean {
  return awaitsReady && patched('asks-until-ready');
}

/** An engine that needs long to boot has not failed, and one that is ready at once is not waited for. */
async function untilReady(recovery: Recovery, instanceId: string) {
  const { record, longHost } = recovery;
  const { engineId } = record;
  const withinMs = readyWithin(recovery);
  const readiness = await longHost.awaitReady({ engineId, instanceId, withinMs });
  if (readiness.ready) return;
  const { note } = readiness;
  throw new ManualRecoveryNeeded(
    `not ready within ${withinMs} ms: ${note} (policy.health.readyWithinMs)`,
  );
}

/** A missing proof is named in the record, and asked about where the policy says so. */
async function askAboutUntold(
  recovery: Recovery,
  { unverified, compared }: HealthVerdict,
): Promise<void> {
  if (unverified === undefined) return;
  const { record, policy } = recovery;
  const named = unverified.join(', ');
  record.unknowns = [...new Set([...record.unknowns, `not told by the started engine: ${named}`])];
  if (policy.onUnverified !== 'ask') return;
  await requireApproval(recovery, {
    kind: 'unverified_state',
    question:
      `${record.engineId} runs and its checks passed, but it does not tell all that it holds. ` +
      `UNVERIFIED: ${named}. Go on?`,
    onApprove: 'the recovery goes on, and the record says what nobody has verified',
    onReject: 'the engine is stopped and the manual checklist opens',
    evidence: { compared: compared ?? 'digest', unverified, ...notOffered(recovery) },
  });
}

function tradingOf(policy: Recovery['policy']): { mayTrade?: true } {
  return mayTradeAtStart(policy) ? { mayTrade: true } : {};
}

const EQUAL = {
  state: 'state equal',
  digest: 'state equal by its digest alone',
  positions: 'positions equal',
  nothing: 'nothing of its state compared',
};

/** By what it was found; an engine of an earlier version's agent told its digest. */
function equal({ compared = 'digest', unverified = [] }: HealthVerdict): string {
  const rest = unverified.length === 0 ? '' : `; UNVERIFIED: ${unverified.join(', ')}`;
  return `${EQUAL[compared]}${rest}`;
}
