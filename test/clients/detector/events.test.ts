/** What the kernel's events tell of an engine, with no look at the process table that could. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventsProbe } from '../../../clients/detector/probes/events.js';
import type { Sighting } from '../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import { livenessOf } from '../../../clients/host/process-table.js';
import { whyNoCore, whyNoProcessEvents, whyNo } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { run, stateOf } from '../host/processes.js';
import { createDetectorRig, severalLooks, type DetectorRig } from './rig.js';

const skip = whyNoProcessEvents();

/** Its socket is closed before it dies, so that the kernel alone can tell. */
async function watched(t: TestContext, megabytes = 0): Promise<DetectorRig & { pid: number }> {
  const rig = createDetectorRig(t);
  const socket = { kind: 'socket', socket: rig.socket, goodbyeMs: 500 } as const;
  const rare = { kind: 'process', everyMs: 60_000 } as const;
  await rig.start({ liveness: [socket, rare], kernel: [eventsProbe] });
  const engine = await rig.engine({ once: true, megabytes });
  engine.child.kill('SIGUSR2');
  await eventually('the lost socket is noted', () =>
    rig.logged.some((line) => line.includes('closed its liveness socket but lives')),
  );
  return { ...rig, pid: engine.pid };
}

test(
  'an end is told, and how, on kernels too that tell no status by a descriptor',
  { skip },
  async (t) => {
    const { pid, reports } = await watched(t);
    process.kill(pid, 'SIGKILL');
    const report = await eventually('it is told', () => reports[0] ?? false);
    assert.deepEqual([report.probe, report.suspicion], ['proc_connector', 'dead']);
    const exit = { code: null, signal: 'SIGKILL', core: false };
    assert.deepEqual(causeFactsOf(report, []).exit, exit);
  },
);

test(
  'that a core is being written is told before it is written, and then the end',
  { skip: skip || whyNoCore() },
  async (t) => {
    const { pid, reports } = await watched(t, 600);
    assert.equal(reports.length, 0);
    process.kill(pid, 'SIGSEGV');
    const first = await eventually('it is told', () => reports[0] ?? false);
    assert.equal(await livenessOf(pid, String(first.instance.startTicks)), 'dumping_core');
    assert.deepEqual([first.probe, first.suspicion], ['proc_connector', 'dumping_core']);
    const whole = await eventually('its end is told', () => {
      const { sightings = [] } = reports[0] ?? {};
      return sightings.find(({ suspicion }: Sighting) => suspicion === 'dead') ?? false;
    });
    assert.deepEqual(whole.exit, { code: null, signal: 'SIGSEGV', core: true });
    assert.equal(reports.length, 1);
  },
);

const LEAVING = `
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
void* trade(void*) { for (;;) pause(); }
int main() {
  pthread_t thread;
  pthread_create(&thread, nullptr, trade, nullptr);
  sigset_t asked;
  int signal;
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &asked, nullptr);
  sigwait(&asked, &signal);
  pthread_exit(nullptr);
}`;

test(
  'the end of a leader is not that of its process',
  { skip: skip || whyNo('c++') },
  async (t) => {
    const rig = createDetectorRig(t);
    const at = (name: string) => join(rig.folder, name);
    execFileSync('c++', ['-pthread', '-x', 'c++', '-o', at('leaving'), '-'], { input: LEAVING });
    const { pid, child } = await run(t, { command: [at('leaving')] });
    writeFileSync(at('pid'), String(pid));
    const named = { kind: 'process', pidFile: at('pid'), everyMs: 60_000 } as const;
    await rig.start({ liveness: [named], kernel: [eventsProbe] });
    await eventually('it is watched', () =>
      rig.logged.some((line) => line.includes(`"pid":${pid}`)),
    );
    child.kill('SIGUSR1');
    await eventually('its leader has ended', () => stateOf(pid) === 'Z');
    await severalLooks();
    assert.deepEqual(rig.reports, []);
    child.kill('SIGKILL');
    const report = await eventually('its end is told', () => rig.reports[0] ?? false);
    assert.equal(report.probe, 'proc_connector');
    assert.equal(causeFactsOf(report, []).exit?.signal, 'SIGKILL');
  },
);
