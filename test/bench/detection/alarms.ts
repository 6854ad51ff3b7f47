/**
 * Hangs are told in time, and nothing is told of engines that live: real engines that beat over a socket
 * and into a record, and real detectors of all kinds beside them.
 *
 * Invariant: an engine of the soak that is killed at its end is told; one that nobody watched would be silent too.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDetectorRig, type DetectorRig } from '../../clients/detector/rig.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { closing } from '../closing.js';

/** As the detectors of the tests have it. */
const ALARM_MS = 2_500;
const BUSY = 4;
const ENGINES = 4;

/** The longest, from the stop to its report, in limits of a heartbeat. */
export async function measureHangs(hangs: number): Promise<number> {
  const ratios: number[] = [];
  for (let hang = 1; hang <= hangs; hang += 1) {
    ratios.push(await closing(async (t) => hangOnce(createDetectorRig(t))));
  }
  return Math.max(...ratios);
}

/** Seen by the record alone. */
async function hangOnce(rig: DetectorRig): Promise<number> {
  const heartbeat = { kind: 'heartbeat', file: join(rig.folder, 'heartbeat') } as const;
  await rig.start({ liveness: [heartbeat, { kind: 'process', everyMs: 60_000 }] });
  const { child } = await rig.engine();
  await sleep(1_500); // a beat at least
  const stoppedAtMs = Date.now();
  child.kill('SIGSTOP');
  const report = await eventually('its hang is told', () => rig.reports[0] ?? false);
  return (report.detectedAtMs - stoppedAtMs) / ALARM_MS;
}

export interface Soak {
  falseAlarms: string[];
  minutes: number;
}

/** With more processes that compute than the machine has cores. */
export async function soak(minutes: number): Promise<Soak> {
  return closing(async (t) => {
    const rigs = Array.from({ length: ENGINES }, () => createDetectorRig(t));
    for (const rig of rigs) await rig.start();
    const engines = [];
    for (const rig of rigs) engines.push({ rig, engine: await rig.engine() });
    for (let busy = 0; busy < BUSY; busy += 1) {
      const child = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
      t.after(() => child.kill('SIGKILL'));
    }
    await sleep(minutes * 60_000);
    const falseAlarms = rigs.flatMap(({ reports }) => reports.map(({ detail }) => detail));
    for (const { rig, engine } of engines) {
      engine.child.kill('SIGKILL');
      await eventually('its death is told', () => rig.reports.length > 0);
    }
    return { falseAlarms, minutes };
  });
}
