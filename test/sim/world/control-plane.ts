/** The worker of the control plane: one process, which may be killed, stopped and begun anew. */
import { createControlPlaneActivities } from '../../../activities/index.js';
import type { Channel, ControlPlanePorts, LateNotices, Notice } from '../../../activities/ports.js';
import { openNoticeOutbox } from '../../../activities/procedures/notices/notice-outbox.js';
import { createEpochs } from '../../../clients/artifacts/epochs.js';
import { createFolderBlobs } from '../../../clients/artifacts/folder.js';
import { createArtifactStore } from '../../../clients/artifacts/index.js';
import { createShadows } from '../../../clients/artifacts/shadows.js';
import { createKeptNotices } from '../../../clients/notify/kept-notices.js';
import { createReportFolder } from '../../../clients/report/folder.js';
import { signedClient } from '../../../clients/temporal/connect.js';
import { createStarts } from '../../../clients/temporal/messages/starts.js';
import { createWorkflows } from '../../../clients/temporal/workflows.js';
import { currentLease } from '../../../workers/compose/lease.js';
import { TASK_QUEUE } from '../../../workflows/ids.js';
import { serve } from '../worker/worker.js';
import { accountsOf, lineTo, served, withPoints, type Around } from './around.js';
import type { ProcessClock } from './clocks.js';
import { tellPeople } from './facts.js';
import { inLife, Life } from './life.js';
import { processOf, type SimulatedProcess } from './process.js';
import { workerOptions } from './worker-options.js';

export function startControlPlane(
  around: Around,
  name: 'worker' | 'worker-2' = 'worker',
): SimulatedProcess {
  const life = new Life();
  const { side, common } = lineTo(around, around.keys.of('control'), name);
  const clock = around.clocks.begin('worker');
  const activities = createControlPlaneActivities(portsOf(around, { life, clock, common }));
  const { activities: all, ...heard } = served(around, {
    name,
    life,
    activities: withPoints(activities, { life, clock, points: around.points }),
  });
  const options = workerOptions({ ...common, taskQueue: TASK_QUEUE, activities: all });
  const { creator, server } = around;
  return processOf({ life, side, worker: serve(server, { options, creator, ...heard }) });
}

interface Own {
  life: Life;
  clock: ProcessClock;
  common: ReturnType<typeof lineTo>['common'];
}

function portsOf(around: Around, { life, clock, common }: Own): ControlPlanePorts {
  const { store, points, facts, rules, baseline } = around;
  const { connection, messages } = common;
  const server = { connection, namespace: 'default', codec: messages.codec };
  const own = <T extends object>(name: string, port: T): T => inLife(port, name, { life, points });
  const workflows = createWorkflows({ ...server, client: signedClient(messages, common) });
  const accounts = accountsOf(around, { from: 'relight', life, clock });
  const blobs = createFolderBlobs('/artifacts', { files: store, isShared: true });
  const people = {
    name: 'people',
    send: async (notice: Notice) => tellPeople(facts, 'people', notice),
  };
  const channel = own('channel', people);
  return {
    clock,
    lease: currentLease,
    epochs: own('epochs', createEpochs('/epochs', store)),
    rules: own('rules', rules),
    starts: own('starts', createStarts(server)),
    workflows: own('workflows', workflows),
    artifacts: own('artifacts', createArtifactStore('/artifacts', store)),
    shadows: own('shadows', createShadows(blobs)),
    venues: { ofEngine: () => accounts },
    facts: () => ({ orderIdPrefix: 'rl-', cashAssets: ['USDT', 'USD'], baseline }),
    channels: [channel],
    lateNotices: lateNotices(channel, around, life),
    renderer: { render: async () => Buffer.from('%PDF-') },
    reports: own('reports', createReportFolder('/reports', store)),
    sharedReports: null,
  };
}

/** What a channel has not taken, kept on the worker's machine; a later worker begins with what one has left. */
function lateNotices(channel: Channel, { store }: Around, life: Life): LateNotices {
  const outbox = openNoticeOutbox([channel], createKeptNotices('/notices', store), {
    sleep: async (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onTrouble: () => undefined,
  });
  life.onDeath(() => void outbox.then((opened) => opened.stop()));
  return { sendTo: async (name, notice) => (await outbox).sendTo(name, notice) };
}
