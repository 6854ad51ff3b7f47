/** What the machines of a world tell at its end. */
import type { MachineFacts } from '../../oracle/machine/facts.js';
import { ENGINE_ID } from '../../world/engine/processes.js';
import type { IncidentWorld } from '../../world/incident-world.js';

const FENCE_PATH = `/data/fence/${ENGINE_ID}/epoch`;

export function machineOf(world: IncidentWorld): Omit<MachineFacts, 'afterwards'> {
  const { files, processes } = world.hosts.first;
  const fence = files.contentOf(FENCE_PATH)?.toString() ?? '';
  return {
    unseen: unseenOf(world),
    bystanders: processes.bystanders.map(({ pid, killedAtMs }) => ({ pid, killedAtMs })),
    fenced: /^\d+$/.test(fence) ? Number(fence) : null,
  };
}

function unseenOf({ facts }: IncidentWorld): MachineFacts['unseen'] {
  const unseen = facts.lives.filter(({ isUnseen }) => isUnseen);
  return unseen.map(({ instanceId, death }) => {
    const taken = facts.reports.find(
      ({ report, receipt }) =>
        report.instance.instanceId === instanceId && receipt.disposition !== 'refused',
    );
    return { instanceId, toldAtMs: taken?.atMs ?? null, diedAtMs: death?.atMs ?? null };
  });
}
