/**
 * An attempt that orders have overtaken: what filled since its snapshot is in the market, and not in the books of the
 * engine, which has not traded yet.
 *
 * Invariant: nobody is asked about what the next attempt takes into account by itself, and what nothing explains is
 * asked about there; in a market that fills faster than a recovery takes, people decide.
 */
import { patched } from '@temporalio/workflow';
import type { Recovery } from '../context.js';
import { stillLiving, stopEngine } from '../engine-life.js';
import { BooksDiffer } from '../reasons.js';

/** In one recovery. */
const MOST = 3;

export function isOvertaken({ overtaken }: Recovery, error: unknown): boolean {
  const isMended = error instanceof BooksDiffer && error.isOvertaken && overtaken < MOST;
  return isMended && patched('begins-again-when-overtaken');
}

/** Its engine makes room for the next one. In words what may still run of it; null where nothing does. */
export async function stopOvertaken(recovery: Recovery): Promise<string | null> {
  recovery.overtaken += 1;
  await stopEngine(recovery);
  return stillLiving(recovery);
}
