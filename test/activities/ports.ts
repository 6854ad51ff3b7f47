/** Real ports for activities: venues of the sandbox, folders of the test, the host's own procfs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createControlPlaneActivities, createHostActivities } from '../../activities/index.js';
import { RecoveryPolicy } from '../../workflows/domain/policy/policy.js';
import type { ControlPlanePorts, HostPorts } from '../../activities/ports.js';
import { ALWAYS } from '../../activities/procedures/lease.js';
import { createEpochs } from '../../clients/artifacts/epochs.js';
import { createFolderBlobs } from '../../clients/artifacts/folder.js';
import { createArtifactStore } from '../../clients/artifacts/index.js';
import { createShadows } from '../../clients/artifacts/shadows.js';
import { disk } from '../../clients/files/disk.js';
import { watchedRecord } from '../../clients/detector/watched.js';
import { createHttpControl } from '../../clients/engine/http-control.js';
import { createVenues } from '../../clients/exchange/index.js';
import { placeHere } from '../../clients/host/place.js';
import { createCheckpointStore } from '../../clients/host/checkpoint-store.js';
import { createFence } from '../../clients/host/fence.js';
import { createJournalFolder } from '../../clients/host/journal/journal-folder.js';
import { createLaunches } from '../../clients/host/launches.js';
import { createForensics } from '../../clients/host/forensics/index.js';
import { createProcessTable } from '../../clients/host/process-table.js';
import { createReportFolder } from '../../clients/report/folder.js';
import { createPdfRenderer } from '../../clients/report/index.js';
import { engineCommand } from '../../sandbox/engine/launch.js';
import { ENGINE_VENUE_IDS, type VenueId } from '../../sandbox/venues/index.js';
import type { EngineState } from '../../workflows/domain/books/state.js';
import { emptyState } from '../../workflows/domain/books/state.js';
import { openBench, type Bench } from '../clients/exchange/bench.js';
import { folderOf } from '../clients/host/processes.js';
import { createRig, ENGINE_ID, type Rig } from '../sandbox/engine/rig.js';

const OWN = { files: disk, isShared: false };

export const clock = { nowMs: () => Date.now() };

type Input<F> = F extends (input: infer I) => unknown ? I : never;
type Output<F> = F extends (input: never) => Promise<infer O> ? O : never;

/** As a worker runs it: with a context that can sleep, heartbeat and be cancelled. */
export async function inActivity<A, K extends keyof A>(
  activities: A,
  name: K,
  input: Input<A[K]>,
  info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {},
): Promise<Output<A[K]>> {
  const act = activities[name] as (input: Input<A[K]>) => Promise<Output<A[K]>>;
  return new MockActivityEnvironment(info).run(act, input);
}

export interface ControlPlane {
  bench: Bench;
  ports: ControlPlanePorts;
  activities: ReturnType<typeof createControlPlaneActivities>;
  folder: string;
}

/** One engine, "desk", that trades these venues with orders named `rl-…`. */
export async function openControlPlane(
  t: Pick<TestContext, 'after'>,
  venues: readonly VenueId[] = ENGINE_VENUE_IDS,
): Promise<ControlPlane> {
  const bench = await openBench();
  t.after(() => bench.venues.close());
  const folder = folderOf(t);
  // Patience for a busy machine; what never answers is waited for all the same.
  const patient = { timeoutMs: 1_500 };
  const settings = new Map(
    venues.map((venue) => [venue as string, bench.settings(venue, patient)]),
  );
  const ports: ControlPlanePorts = {
    clock,
    lease: () => ALWAYS,
    epochs: createEpochs(join(folder, 'epochs')),
    rules: {
      ofEngine: async () => ({
        policy: RecoveryPolicy.parse({}),
        approvers: [],
        readBy: 'host-a',
        outdated: null,
      }),
    },
    starts: { isOurs: async () => true },
    workflows: {
      look: async () => ({ kind: 'running' }),
      whyUnanswered: async () => null,
      terminate: async () => undefined,
      recall: async () => null,
    },
    artifacts: createArtifactStore(join(folder, 'artifacts')),
    shadows: createShadows(createFolderBlobs(join(folder, 'artifacts'), OWN)),
    venues: createVenues(settings, new Map([['desk', venues]])),
    facts: () => ({
      orderIdPrefix: 'rl-',
      cashAssets: ['USDT', 'USD'],
      baseline: Object.fromEntries(
        venues.flatMap((venue) => [
          [`${venue}|BTC`, '1000'],
          [`${venue}|ETH`, '10000'],
        ]),
      ),
    }),
    channels: [],
    lateNotices: { sendTo: async () => undefined },
    renderer: createPdfRenderer(),
    reports: createReportFolder(join(folder, 'reports')),
    sharedReports: null,
  };
  return { bench, ports, activities: createControlPlaneActivities(ports), folder };
}

export const withState = (change: Partial<EngineState>): EngineState => ({
  ...emptyState(),
  ...change,
});

export interface Host {
  rig: Rig;
  ports: HostPorts;
  activities: ReturnType<typeof createHostActivities>;
  fence: ReturnType<typeof createFence>;
}

/** The sandbox's engine on this very host, started by the activities themselves. */
export async function openHost(t: TestContext, settings: object = {}): Promise<Host> {
  const table = createProcessTable();
  t.after(async () => {
    for (const process of await table.ofEngine(ENGINE_ID)) await table.kill(process, 'SIGKILL');
  });
  const rig = await createRig(t, { ...settings });
  const { dataDir } = rig;
  const configFile = join(dataDir, 'engine.json');
  const { controlPort } = JSON.parse(readFileSync(configFile, 'utf8')) as { controlPort: number };
  const command = { configFile, epoch: '{epoch}', instanceId: '{instance}', state: '{state}' };
  const control = createHttpControl({
    url: `http://127.0.0.1:${controlPort}`,
    token: null,
    timeoutMs: 3_000,
    launch: {
      engineId: ENGINE_ID,
      start: engineCommand({ ...command, trading: false }),
      workingFolder: dataDir,
      logFile: join(dataDir, 'engine.log'),
      environment: { PATH: process.env['PATH'] ?? '' },
    },
  });
  const fence = createFence(join(dataDir, 'fence'));
  const folders = { written: rig.checkpointDir, recovered: join(dataDir, 'recovered') };
  const ports: HostPorts = {
    clock,
    watched: async (engineId) =>
      watchedRecord({ stateFolder: dataDir, engineId, place: placeHere('this-host') }),
    lease: () => ALWAYS,
    host: 'this-host',
    standing: () => 'here' as const,
    whyUnseen: async () => null,
    signs: async () => ({ looking: 1, named: [], doubts: [] }),
    unseenSinceMs: async () => 1,
    hasEngine: (engineId) => engineId === ENGINE_ID,
    knowsEngine: (engineId) => engineId === ENGINE_ID,
    artifacts: createArtifactStore(join(dataDir, 'artifacts')),
    control: () => control,
    processes: table,
    forensics: createForensics(join(dataDir, 'evidence'), () => ({
      coreFolder: dataDir,
      executable: process.execPath,
      logs: [join(dataDir, 'engine.log')],
      checkpointFolder: rig.checkpointDir,
    })),
    checkpoints: createCheckpointStore(() => folders),
    journals: createJournalFolder(() => null),
    fence,
    launches: createLaunches(join(dataDir, 'fence')),
  };
  return { rig, ports, activities: createHostActivities(ports), fence };
}
