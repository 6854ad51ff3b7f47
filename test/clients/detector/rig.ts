/** A real detector in this process, real engines-to-be beside it, and a guardian that can be away. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { CrashDependencies } from '../../../clients/detector/crashes.js';
import { createDelivery, type Delivery } from '../../../clients/detector/delivery.js';
import { startDetector } from '../../../clients/detector/index.js';
import { KERNEL_PROBES } from '../../../clients/detector/probes/kernel.js';
import type { Probe } from '../../../clients/detector/probes/probe.js';
import type { LivenessEntry } from '../../../clients/detector/settings.js';
import { createSpool } from '../../../clients/detector/spool.js';
import { watchedRecordPath } from '../../../clients/detector/watched.js';
import { nodeCommand } from '../../../workers/processes/self.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run, type Running } from '../host/processes.js';

const ENGINE = nodeCommand(new URL('./fixtures/beating-engine.ts', import.meta.url).href);

export interface DetectorRig {
  folder: string;
  socket: string;
  /** What the guardian was told last of each death, in the order of the deaths. */
  reports: CrashReport[];
  guardian: { away: boolean; asked: number };
  killSwitch: { engaged: boolean };
  /** Of which engine people were told that there is no sign, and since when. */
  unseen: [engineId: string, sinceMs: number, why: string | null][];
  /** What is found where it is looked whether one that was never seen lives. */
  life: { why: string | null; asked: number };
  /** Pids that Relight has told to stop. */
  ordered: Set<number>;
  logged: string[];
  /** What people were told, with how the kill switch was read. */
  told: [CrashReport, string][];
  start: (options?: StartOptions) => Promise<Detector>;
  engine: (options?: EngineOptions) => Promise<Running & { instanceId: string }>;
  spooled: () => string[];
  record: () => {
    instance: { pid: number; instanceId: string };
    ended: string;
    doubts?: { probe: string; what: string }[];
    lost?: { venue: string; sinceMs: number }[];
  };
}

interface Detector {
  delivery: Delivery;
  stop: () => Promise<void>;
}

interface StartOptions {
  procfsEveryMs?: number;
  /** Instead of socket, heartbeat and process. */
  liveness?: LivenessEntry[];
  startsWithinMs?: number;
  neverCameUp?: 'tell' | 'recover';
  delivery?: Delivery;
  stateFolder?: string;
  /** What the kernel tells of any process: all, where left out. */
  kernel?: readonly Probe[];
}

interface EngineOptions {
  instanceId?: string;
  megabytes?: number;
  once?: boolean;
  greeted?: boolean;
  env?: Record<string, string>;
}

export function createDetectorRig(t: Pick<TestContext, 'after'>): DetectorRig {
  const stops: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const stop of stops) await stop();
  });
  const folder = folderOf(t);
  const reports: CrashReport[] = [];
  const guardian = { away: false, asked: 0 };
  const killSwitch = { engaged: false };
  const unseen: DetectorRig['unseen'] = [];
  const life: DetectorRig['life'] = { why: null, asked: 0 };
  const ordered = new Set<number>();
  const logged: string[] = [];
  const told: DetectorRig['told'] = [];
  const socket = join(folder, 'liveness.sock');
  const spoolFolder = join(folder, 'spool');
  const record = () =>
    JSON.parse(readFileSync(watchedRecordPath(folder, 'desk'), 'utf8')) as ReturnType<
      DetectorRig['record']
    >;
  const logger = pino({ level: 'debug' }, { write: (line) => void logged.push(line) });

  async function deliver(report: CrashReport) {
    guardian.asked += 1;
    if (guardian.away) throw new Error('no connection');
    const { instanceId } = report.instance;
    const known = reports.findIndex(({ instance }) => instance.instanceId === instanceId);
    reports.splice(known === -1 ? reports.length : known, 1, report);
    return { disposition: 'opened', incidentId: 'i', workflowId: 'w' } as const;
  }

  const line = { deliver, isAway: () => true };

  async function start(options: StartOptions = {}): Promise<Detector> {
    const delivery = options.delivery ?? createDelivery(createSpool(spoolFolder), line, logger);
    const settings = {
      engineId: 'desk',
      host: 'this-host',
      stateFolder: options.stateFolder ?? folder,
      liveness: options.liveness ?? [
        { kind: 'socket' as const, socket, goodbyeMs: 500 },
        { kind: 'heartbeat' as const, file: join(folder, 'heartbeat') },
        { kind: 'process' as const, everyMs: options.procfsEveryMs ?? 50 },
      ],
      startsWithinMs: options.startsWithinMs ?? null,
      neverCameUp: options.neverCameUp ?? ('tell' as const),
      heartbeat: { healthyMs: 1_500, alarmMs: 2_500 },
      executable: process.execPath,
      coreFolder: join(folder, 'cores'),
      owner: null,
    };
    const dependencies: CrashDependencies = {
      delivery,
      logger,
      tellUnseen: async (engineId, { sinceMs, why }) => void unseen.push([engineId, sinceMs, why]),
      mayLive: async () => {
        life.asked += 1;
        return life.why;
      },
      stopOrdered: async ({ pid }) => ordered.has(pid),
      killSwitchEngaged: async () => killSwitch.engaged,
      tell: async (report, reading) => void told.push([report, reading]),
    };
    const { kernel = KERNEL_PROBES } = options;
    const detector = await startDetector(settings, dependencies, kernel);
    const stop = async () => {
      delivery.stop();
      await detector.stop();
    };
    stops.push(stop);
    return { delivery, stop };
  }

  async function engine(options: EngineOptions = {}) {
    const { instanceId = 'desk-e1', megabytes = 0, once = false, greeted = true } = options;
    const args = [socket, join(folder, 'heartbeat'), instanceId, String(megabytes)];
    const command = [...ENGINE, ...args];
    const env = { ...options.env, ...(once ? { ONCE: '1' } : {}) };
    const running = await run(t, { cwd: folder, command, env });
    if (greeted) {
      await eventually('the detector watches it', () => record().instance.pid === running.pid);
    }
    return { ...running, instanceId };
  }

  /** What is being written is none yet. */
  const spooled = () =>
    readdirSync(spoolFolder)
      .filter((name) => !name.endsWith('.tmp'))
      .sort();
  const controls = { reports, guardian, killSwitch, unseen, life, ordered, logged, told };
  return { folder, socket, ...controls, start, engine, spooled, record };
}

/** Several times what every probe needs for a look, for what must not happen. */
export async function severalLooks(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 600));
}
