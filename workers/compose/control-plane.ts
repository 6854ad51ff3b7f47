/** What the worker is given: from configuration to the ports of the control plane. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ControlPlanePorts } from '../../activities/ports.js';
import { createArtifactStore } from '../../clients/artifacts/index.js';
import { createLogNotifier } from '../../clients/notify/index.js';
import { createReportFolder } from '../../clients/report/folder.js';
import { createPdfRenderer } from '../../clients/report/index.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import { composeWebhooks } from './notifiers.js';
import { composeVenues } from './venues.js';

export function composeControlPlane(config: Config, logger: Logger): ControlPlanePorts {
  return {
    clock: { nowMs: () => Date.now() },
    artifacts: createArtifactStore(join(config.dataDir, 'artifacts')),
    venues: composeVenues(config),
    facts: (engineId) => engineOf(config, engineId),
    notifiers: [createLogNotifier(logger), ...composeWebhooks(config)],
    renderer: createPdfRenderer(),
    reports: createReportFolder(join(config.dataDir, 'reports')),
  };
}
