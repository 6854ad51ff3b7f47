/** An engine-to-be that dies, and the host's ports around it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createAnalyseActivities } from '../../../../activities/steps/analyse.js';
import type { HostPorts } from '../../../../activities/ports.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import type { Collector } from '../../../../clients/host/forensics/collectors/collector.js';
import { COLLECTORS } from '../../../../clients/host/forensics/collectors/index.js';
import { createForensics } from '../../../../clients/host/forensics/index.js';
import { createJournalFolder } from '../../../../clients/host/journal/journal-folder.js';
import { placeHere, standingOf, type ToldPlace } from '../../../../clients/host/place.js';
import { createProcessTable } from '../../../../clients/host/process-table.js';
import type {
  CrashReport,
  RanReport,
  Suspicion,
} from '../../../../workflows/domain/crash/report.js';
import { folderOf, run, type Running } from '../../../clients/host/processes.js';
import { clock } from '../../ports.js';

const ENGINE = `death-test-${process.pid}`;
export const INCIDENT = `${ENGINE}/one`;
export interface SceneOptions {
  instanceId?: string;
  collectors?: readonly Collector[];
  abortHung?: boolean;
}

export async function openScene(
  t: TestContext,
  { instanceId = 'one', collectors = COLLECTORS, abortHung = false }: SceneOptions = {},
) {
  const folder = folderOf(t);
  const engineFolder = join(folder, 'engine');
  const checkpoints = join(folder, 'checkpoints');
  mkdirSync(engineFolder);
  mkdirSync(checkpoints);
  writeFileSync(join(checkpoints, '0001.ckpt'), 'content');
  const log = join(folder, 'engine.log');
  writeFileSync(log, '');
  const artifacts = createArtifactStore(join(folder, 'artifacts'));
  const settings = {
    coreFolder: engineFolder,
    executable: '/bin/sleep',
    logs: [log],
    checkpointFolder: checkpoints,
    abortHung,
  };
  const forensicsAnew = () => createForensics(join(folder, 'evidence'), () => settings, collectors);
  const forensics = forensicsAnew();
  const processes = createProcessTable();
  const host = 'this-host';
  const standing = (there: ToldPlace) => standingOf(there, placeHere(host));
  const signs = async () => ({ looking: 1, named: [], doubts: [] });
  const unseenSinceMs = async () => 1;
  const seen = { processes, signs, unseenSinceMs };
  const journals = createJournalFolder(() => null);
  const parts = { clock, artifacts, forensics, journals, ...seen, host, standing };
  const ports = parts as unknown as HostPorts;
  const env = (instance: string) => ({ RELIGHT_ENGINE: ENGINE, RELIGHT_INSTANCE: instance });
  const start = (instance: string) => run(t, { cwd: engineFolder, env: env(instance) });
  const engine = await start(instanceId);
  const activities = createAnalyseActivities(ports);
  /** Those of an agent that was started after this one. */
  const activitiesAnew = () => createAnalyseActivities({ ...ports, forensics: forensicsAnew() });
  return { ports, activities, activitiesAnew, engine, engineFolder, log, start, processes };
}

export function reportOf(
  { pid, startTicks }: Running,
  suspicion: Suspicion,
  instanceId = 'one',
): RanReport {
  return {
    engineId: ENGINE,
    instance: { instanceId, pid, startTicks, build: 'test', epoch: 1 },
    suspicion,
    probe: 'socket',
    detail: '',
    detectedAtMs: Date.now(),
    host: 'this-host',
  };
}

export const collection = (report: CrashReport) => ({
  incidentId: INCIDENT,
  report,
  snapshot: null,
  stacks: null,
});
