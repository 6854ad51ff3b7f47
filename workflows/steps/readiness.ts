/**
 * Steps 7 and 8 together: what is checked before trading, and checked again right before the first
 * grant where people were asked or a market was waited for meanwhile.
 *
 * Invariant: what people approved is not asked again while it is covered by what they were shown.
 */
import { patched } from '@temporalio/workflow';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { Approved } from '../domain/policy/approved.js';
import type { Recovery } from '../recovery/context.js';
import { checkMarket } from './market.js';
import { checkRisk } from './risk.js';

/** True where what was checked is what is; false where it was asked about anew just now. */
export type StillHolds = () => Promise<boolean>;

/**
 * Of an engine that trades as soon as it starts: what can be checked without it, before that. False where
 * people were asked or a market was waited for.
 */
export async function checkBeforeStart(
  recovery: Recovery,
  state: ArtifactRef,
  approved: Approved,
): Promise<boolean> {
  return !isOld(recovery, await checkBoth(recovery, state, approved, 'later'));
}

/** Of that engine, what only it can answer: it trades by now, so nothing is granted by this. */
export async function checkWhileTrading(
  recovery: Recovery,
  state: ArtifactRef,
  approved: Approved,
): Promise<StillHolds> {
  await checkRisk(recovery, state, approved);
  return async () => true;
}

export function nothingApproved(): Approved {
  return { exposure: null, market: null, unlisted: null };
}

export async function checkReadiness(recovery: Recovery, state: ArtifactRef): Promise<StillHolds> {
  const approved = nothingApproved();
  let last = await checkBoth(recovery, state, approved);
  return async () => {
    if (!isOld(recovery, last) || !patched('checked-at-first-grant')) return true;
    const { engineId } = recovery.record;
    const books = await recovery.host.readEngineState({ engineId });
    // What tells no balances tells no exposure: it does not trade yet, and holds what was recovered.
    last = await checkBoth(recovery, books.tells === undefined ? books : state, approved);
    return !isOld(recovery, last);
  };
}

interface Checked {
  beganAtMs: number;
  /** A market was closed, and was waited for. */
  waited: boolean;
}

async function checkBoth(
  recovery: Recovery,
  state: ArtifactRef,
  approved: Approved,
  limits: 'now' | 'later' = 'now',
): Promise<Checked> {
  const beganAtMs = Date.now();
  await checkRisk(recovery, state, approved, limits);
  const waited = await checkMarket(recovery, approved);
  return { beganAtMs, waited };
}

function isOld({ record }: Recovery, { beganAtMs, waited }: Checked): boolean {
  return waited || record.gates.some(({ closedAtMs }) => (closedAtMs ?? 0) > beganAtMs);
}
