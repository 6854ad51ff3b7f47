/** The only wiring: from configuration to ports. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type {
  Channel,
  ControlPlanePorts,
  EngineControl,
  HostPorts,
  Venues,
} from '../activities/ports.js';
import { createArtifactStore } from '../clients/artifacts/index.js';
import { createCommandControl } from '../clients/engine/command-control.js';
import { createHttpControl } from '../clients/engine/http-control.js';
import { createVenues, isLocal, type DeferredSettings } from '../clients/exchange/index.js';
import { createCheckpointStore } from '../clients/host/checkpoint-store.js';
import { createFence } from '../clients/host/fence.js';
import { createForensics } from '../clients/host/forensics/index.js';
import { createProcessTable } from '../clients/host/process-table.js';
import { createLogChannel, openChannel } from '../clients/notify/index.js';
import { createReportFolder } from '../clients/report/folder.js';
import { createPdfRenderer } from '../clients/report/index.js';
import type { TemporalSettings } from '../clients/temporal/connect.js';
import {
  ConfigError,
  processEnvironment,
  resolveSecret,
  type Config,
  type EngineConfig,
} from './config/load.js';
import { watchedInstance } from '../clients/detector/watched.js';

const clock = { nowMs: () => Date.now() };

export function engineOf(config: Config, engineId: string): EngineConfig {
  const engine = config.engines[engineId];
  if (engine !== undefined) return engine;
  const known = Object.keys(config.engines).join(', ');
  throw new ConfigError(`No engine "${engineId}" is configured; there are: ${known}`);
}

export function composeControlPlane(config: Config, logger: Logger): ControlPlanePorts {
  return {
    clock,
    artifacts: createArtifactStore(join(config.dataDir, 'artifacts')),
    venues: composeVenues(config),
    facts: (engineId) => engineOf(config, engineId),
    channels: [createLogChannel(logger), ...composeChannels(config)],
    renderer: createPdfRenderer(),
    reports: createReportFolder(join(config.dataDir, 'reports')),
  };
}

/** Those of the configuration, which wake people; the log is not among them. */
export function composeChannels({ notify }: Config): Channel[] {
  return notify.map(({ url, ...settings }) =>
    openChannel({ ...settings, url: resolveSecret(`notify.${settings.name}.url`, url) }),
  );
}

export function composeHost(config: Config): HostPorts {
  const controls = new Map<string, EngineControl>();
  return {
    clock,
    artifacts: createArtifactStore(join(config.dataDir, 'artifacts')),
    control: (engineId) => {
      const control = controls.get(engineId) ?? composeControl(config, engineId);
      controls.set(engineId, control);
      return control;
    },
    processes: createProcessTable((engineId) => watchedInstance(config.dataDir, engineId)),
    forensics: createForensics(join(config.dataDir, 'evidence'), (engineId) => {
      const { forensics, checkpoints } = engineOf(config, engineId);
      return { ...forensics, checkpointFolder: checkpoints.written };
    }),
    checkpoints: createCheckpointStore((engineId) => engineOf(config, engineId).checkpoints),
    fence: composeFence(config),
  };
}

export function composeFence(config: Config) {
  return createFence(join(config.dataDir, 'fence'));
}

/** Secrets are looked up account by account: one that is missing must not stop the others. */
export function composeVenues(config: Config): Venues {
  const venues = new Map<string, DeferredSettings>(
    Object.keys(config.venues).map((venue) => [venue, venueSettings(config, venue)]),
  );
  const byEngine = Object.entries(config.engines).map(
    ([id, engine]) => [id, engine.venues] as const,
  );
  return createVenues(venues, new Map(byEngine));
}

function venueSettings({ venues, dataDir }: Config, venue: string): DeferredSettings {
  const settings = venues[venue];
  if (settings === undefined) throw new ConfigError(`No venue "${venue}" is configured`);
  const { apiKey, secret, password, account, instruments, url, budget } = settings;
  const field = `venues.${venue}`;
  return {
    account,
    instruments,
    settings: () => ({
      ...settings,
      venue,
      apiKey: resolveSecret(`${field}.apiKey`, apiKey),
      secret: resolveSecret(`${field}.secret`, secret),
      password: password === null ? null : resolveSecret(`${field}.password`, password),
      budget: isLocal(url)
        ? null
        : {
            folder: join(dataDir, 'budgets'),
            tier: budget.krakenTier,
            maxWaitMs: budget.maxWaitMs,
          },
    }),
  };
}

export function composeControl(config: Config, engineId: string): EngineControl {
  const { control } = engineOf(config, engineId);
  const { start, workingFolder, logFile, environment, timeoutMs } = control;
  const launch = {
    engineId,
    start,
    workingFolder,
    logFile,
    environment: { PATH: processEnvironment()['PATH'] ?? '/usr/bin:/bin', ...environment },
  };
  if (control.kind === 'commands') {
    return createCommandControl({ commands: control.commands, timeoutMs, launch });
  }
  const token =
    control.token === null
      ? null
      : resolveSecret(`engines.${engineId}.control.token`, control.token);
  return createHttpControl({ url: control.url, token, timeoutMs, launch });
}

/** Only where a server is named; an embedded one is found by `resolveTemporal`. */
export function composeTemporal(config: Config, address: string): TemporalSettings {
  const { namespace, tls, apiKey } = config.temporal;
  const key = apiKey === null ? null : resolveSecret('temporal.apiKey', apiKey);
  return { address, namespace, tls, apiKey: key };
}
