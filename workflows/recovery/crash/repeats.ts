/**
 * How often the engine has died of this before: told to people where it is the same bug, and to the
 * guardian, which remembers it for the incidents to come.
 */
import { patched } from '@temporalio/workflow';
import type { Classification } from '../../domain/crash/cause/cause.js';
import {
  knownDeath,
  seenOf,
  seenWords,
  strikesWithin,
  withDeath,
  type KnownDeath,
} from '../../domain/crash/repeats.js';
import type { CrashReport } from '../../domain/crash/report.js';
import type { Recovery } from '../context.js';
import { tellOfDeaths } from '../engine-life.js';
import { notice } from '../notices.js';

/** The classification with what is known of its like; as it is in the replay of what counted none. */
export async function countRepeats(
  recovery: Recovery,
  report: CrashReport,
  classification: Classification,
): Promise<Classification> {
  if (!patched('counts-repeats')) return classification;
  // A clock of a host that is ahead moves no window.
  const nowMs = Date.now();
  const atMs = Math.min(report.detectedAtMs, nowMs);
  const death = knownDeath({ instanceId: report.instance.instanceId, atMs }, classification);
  const seen = seenOf(knownBefore(recovery), death);
  recovery.deaths = withDeath(recovery.deaths, death, nowMs);
  await tellOfDeaths(recovery);
  if (seen === null) return classification;
  const counted = { ...classification, seen };
  if (seen.by === 'signature' && seen.times > 1) tellOfRepeat(recovery, death, counted);
  return counted;
}

/** How often the bug of the crash at hand has struck within what policy looks at; 0 where that is not known. */
export function strikesOf({ input, deaths, record, policy }: Recovery): number {
  const newest = record.crashes.at(-1)?.instance.instanceId;
  const death = deaths.find(({ instanceId }) => instanceId === newest);
  // A recovery of an earlier version was given a policy without it, and counted none.
  const { sameBugMs } = policy.crashLoop as Partial<Recovery['policy']['crashLoop']>;
  if (death === undefined || sameBugMs === undefined) return 0;
  return strikesWithin(knownBefore({ input, deaths }), death, sameBugMs);
}

function knownBefore({ input, deaths }: Pick<Recovery, 'input' | 'deaths'>): KnownDeath[] {
  return [...(input.deaths ?? []), ...deaths];
}

/** The crash itself is told by others, before anybody knows its cause. */
function tellOfRepeat(
  recovery: Recovery,
  { instanceId, signature }: KnownDeath,
  { because, seen }: Classification,
): void {
  const { engineId } = recovery.record;
  notice(recovery, {
    severity: 'warning',
    state: 'news',
    title: `${engineId} has died of the same bug again: ${seenWords(seen)}`,
    text: `${instanceId}: ${because}. Signature: ${signature}.`,
    key: `same-bug:${instanceId}`,
  });
}
