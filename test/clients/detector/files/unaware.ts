/** An engine that knows nothing of Relight, known by its command line alone. */
import { realpathSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { eventually } from '../../../sandbox/engine/rig.js';
import { run, type Running } from '../../host/processes.js';
import type { DetectorRig } from '../rig.js';

let last = 0;

export interface Unaware {
  match: { command: string; executable: string };
  /** Runs one, whose cores lie in the folder of the rig. */
  start: (env?: Record<string, string>) => Promise<Running>;
}

/** No other process of the machine has these arguments. */
export function unawareEngine(t: TestContext, rig: DetectorRig): Unaware {
  last += 1;
  const seconds = `${process.pid}0${last}`;
  return {
    match: { command: `^sleep ${seconds}$`, executable: realpathSync('/bin/sleep') },
    start: (env = {}) => run(t, { command: ['sleep', seconds], cwd: rig.folder, env }),
  };
}

export async function isWatched(rig: DetectorRig, { pid }: Pick<Running, 'pid'>): Promise<void> {
  const watches = () => rig.record().instance.pid === pid && rig.record().ended === 'no';
  await eventually('it is watched', watches);
}

export async function firstReport(rig: DetectorRig) {
  return eventually('it is reported', () => rig.reports[0] ?? false);
}

/** As sightings have it, the first one too. */
export function seenBy(rig: DetectorRig): [probe: string, suspicion: string][] {
  const [report] = rig.reports;
  if (report === undefined) return [];
  return [report, ...(report.sightings ?? [])].map(({ probe, suspicion }) => [probe, suspicion]);
}
