/** A host's folders of checkpoints, and the activities that read and write them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock, HostPorts } from '../../../../activities/ports.js';
import { ALWAYS } from '../../../../activities/procedures/lease.js';
import { createCheckpointActivities } from '../../../../activities/steps/load-state.js';
import { createStartActivities } from '../../../../activities/steps/start.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import { createCheckpointStore } from '../../../../clients/host/checkpoint-store.js';
import { createFence } from '../../../../clients/host/fence.js';
import { encodeCheckpoint } from '../../../../workflows/domain/engine/checkpoint.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import { folderOf } from '../../../clients/host/processes.js';
import { clock as thisClock, withState } from '../../ports.js';

export const RULES = {
  crashedAtMs: Date.now(),
  engineId: 'desk',
  oldMs: 3_600_000,
  absurdQuantity: '1000000',
};

export const held: EngineState = withState({
  balances: [{ venue: 'kraken', account: 'main', asset: 'USD', total: '12.50' }],
});

export function openCheckpoints(t: TestContext, clock: Clock = thisClock) {
  const folder = folderOf(t);
  const folders = { written: join(folder, 'written'), recovered: join(folder, 'recovered') };
  mkdirSync(folders.written);
  const ports = {
    clock,
    host: 'host-a',
    artifacts: createArtifactStore(join(folder, 'artifacts')),
    checkpoints: createCheckpointStore(() => folders),
    fence: createFence(join(folder, 'fence')),
    lease: () => ALWAYS,
  } as unknown as HostPorts;
  const write = (name: string, ageMs: number, engineId = 'desk') => {
    const takenAtNs = `${clock.nowMs() - ageMs}000000`;
    const sequence = Number.parseInt(name, 10);
    const header = { version: 1, engineId, instanceId: 'e1', epoch: 1, sequence, takenAtNs };
    const path = join(folders.written, name);
    writeFileSync(path, encodeCheckpoint({ header, state: held }));
    return path;
  };
  const activities = { ...createCheckpointActivities(ports), ...createStartActivities(ports) };
  return { activities, ports, write };
}
