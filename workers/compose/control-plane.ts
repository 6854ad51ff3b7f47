/** What the worker is given: from configuration to the ports of the control plane. */
import type { Logger } from 'pino';
import type { Channel, ControlPlanePorts, LateNotices, Starts } from '../../activities/ports.js';
import { createLogChannel } from '../../clients/notify/index.js';
import { createPdfRenderer } from '../../clients/report/index.js';
import { closuresOf, engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import {
  composeArtifacts,
  composeEpochs,
  composeReportFolder,
  composeShadows,
  composeSharedReports,
} from './artifacts.js';
import { currentLease } from './lease.js';
import { composeRules } from './rules.js';
import { hostClock } from './server-clock.js';
import { composeVenues } from './venues.js';

export function composeControlPlane(
  config: Config,
  {
    logger,
    reload,
    starts,
    workflows,
    channels,
    lateNotices,
  }: {
    logger: Logger;
    reload: () => Config;
    starts: Starts;
    workflows: ControlPlanePorts['workflows'];
    channels: Channel[];
    lateNotices: LateNotices;
  },
): ControlPlanePorts {
  return {
    rules: composeRules(config, reload),
    starts,
    workflows,
    lease: currentLease,
    epochs: composeEpochs(config),
    clock: hostClock,
    artifacts: composeArtifacts(config),
    shadows: composeShadows(config),
    venues: composeVenues(config),
    facts: (engineId) => ({ ...engineOf(config, engineId), closures: closuresOf(config) }),
    channels: [createLogChannel(logger), ...channels],
    lateNotices,
    renderer: createPdfRenderer(),
    reports: composeReportFolder(config),
    sharedReports: composeSharedReports(config),
  };
}
