/**
 * How a freqtrade bot is, from what it tells of its loop and its settings. Pure.
 *
 * Invariants: a loop that stands still is not healthy, and one that was never started waits; a bot that was
 * stopped after it had run is a hard failure; whether it trades already is told by its state.
 */
import type {
  ComprehensiveHealthTold,
  QuickHealthTold,
} from '../../../workflows/domain/engine/control.js';
import type { ShownConfig } from './answers.js';

export interface Seen {
  /** When the loop ran last; null where it never has. */
  loopMs: number | null;
  config: ShownConfig;
  nowMs: number;
}

/** What is well for this bot. */
export interface Wanted {
  loopWithinMs: number;
  dryRun: boolean;
}

interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** It calls itself by no instance, and knows no epoch. */
const NOBODY = { instanceId: null, epoch: null };

export function quickHealthOf(seen: Seen, wanted: Wanted): QuickHealthTold {
  const { loop, state } = checksOf(seen, wanted);
  const failed = [loop, state].filter(({ ok }) => !ok);
  const note = failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return { healthy: failed.length === 0, hard: !state.ok, note: note || state.detail, ...NOBODY };
}

export function comprehensiveHealthOf(seen: Seen, wanted: Wanted): ComprehensiveHealthTold {
  const { loop, state, mode } = checksOf(seen, wanted);
  const checks = [{ name: 'ping', ok: true, detail: 'pong' }, loop, state, mode];
  return {
    healthy: checks.every(({ ok }) => ok),
    trading: seen.config.state !== 'stopped',
    checks,
    ...NOBODY,
  };
}

function checksOf(seen: Seen, wanted: Wanted): Record<'loop' | 'state' | 'mode', Check> {
  return { loop: loopOf(seen, wanted), state: stateOf(seen), mode: modeOf(seen, wanted) };
}

/** Stopped, it stands still by order. */
function loopOf({ loopMs, config, nowMs }: Seen, { loopWithinMs }: Wanted): Check {
  const name = 'trading loop';
  if (config.state === 'stopped') return { name, ok: true, detail: 'waits for its start' };
  if (loopMs === null) return { name, ok: false, detail: 'has not run yet' };
  const ageMs = nowMs - loopMs;
  return { name, ok: ageMs <= loopWithinMs, detail: `ran ${ageMs} ms ago` };
}

function stateOf({ loopMs, config: { state } }: Seen): Check {
  const hasRun = state === 'stopped' && loopMs !== null;
  const detail = hasRun ? 'stopped after it had run' : state;
  return { name: 'state', ok: !hasRun, detail };
}

function modeOf({ config: { runmode, dry_run: isDry } }: Seen, { dryRun }: Wanted): Check {
  const detail = isDry ? `${runmode}: it trades with no venue (dry_run)` : runmode;
  return { name: 'run mode', ok: isDry === dryRun, detail };
}
