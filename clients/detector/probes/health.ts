/**
 * The engine's own health, asked over HTTP: whatever makes it say that it is not well, or say nothing, while
 * its process lives.
 *
 * Invariants: one that has not been well since it is watched is not judged, because it may be starting;
 * several answers in a row must be bad, each within its own time; of an answer only the status counts, its
 * text is not read; nothing of the address is told.
 */
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { sameProcess } from '../crashes.js';
import { healthKind } from '../kinds/health.js';
import { keepLooking } from './looking.js';
import { defineProbe } from './probe.js';
import { tellSilent } from './silence.js';

const NOT_WELL = { probe: 'health_url', what: 'its health is not well' } as const;

export const healthProbe = defineProbe(healthKind, ({ url, everyMs, timeoutMs, fails }, watch) => {
  let well: EngineInstance | null = null;
  let bad = 0;
  async function look(): Promise<void> {
    const instance = watch.current();
    if (instance === null) return;
    const fault = await faultOf(url, timeoutMs);
    if (fault === null) {
      [well, bad] = [instance, 0];
      return watch.trust(instance, NOT_WELL);
    }
    if (well === null || !sameProcess(well, instance)) return;
    bad += 1;
    watch.warn('the engine is not well', { fault, bad, fails });
    watch.doubt(instance, NOT_WELL);
    if (bad < fails) return;
    const detail = `${fault}, ${bad} times in a row`;
    await tellSilent(watch, { instance, probe: 'health_url', detail });
  }
  const limitMs = 2 * timeoutMs;
  return keepLooking({ everyMs, limitMs }, watch, { kind: 'health', look });
});

/** In words of ours; null where it is well. */
async function faultOf(url: string, timeoutMs: number): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'error', signal });
    await response.body?.cancel();
    return response.ok ? null : `its health answers ${response.status}`;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return isLate ? `no answer of its health in ${timeoutMs} ms` : 'its health cannot be asked';
  }
}
