/** A host whose engine is steered by scripts, with a fence, launches and artifacts of its own folder. */
import { join } from 'node:path';
import type { HostPorts } from '../../../../activities/ports.js';
import { ALWAYS } from '../../../../activities/procedures/lease.js';
import { createHostActivities } from '../../../../activities/index.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import { createFence } from '../../../../clients/host/fence.js';
import { createLaunches } from '../../../../clients/host/launches.js';
import type { openScripts } from '../../../clients/engine/script-rig.js';
import { clock } from '../../ports.js';

/** `more`: what this host has besides, or otherwise. */
export function scriptHost(rig: ReturnType<typeof openScripts>, more: object = {}) {
  const { engineId, home } = rig;
  const artifacts = createArtifactStore(join(home, 'artifacts'));
  const fence = createFence(join(home, 'fence'));
  const ports = {
    clock,
    lease: () => ALWAYS,
    hasEngine: () => true,
    whyUnseen: async () => null,
    artifacts,
    control: () => rig.control,
    processes: rig.table,
    fence,
    launches: createLaunches(join(home, 'fence')),
    ...more,
  } as unknown as HostPorts;
  const instance = { engineId, instanceId: `${engineId}-e7`, epoch: 7, idempotencyKey: 'k' };
  return { artifacts, fence, ports, activities: createHostActivities(ports), instance };
}
