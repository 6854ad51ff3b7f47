/** What the agent is given: from configuration to the ports of one engine host. */
import { join } from 'node:path';
import type { EngineControl, HostPorts, ProcessTable } from '../../activities/ports.js';
import { answers } from '../../clients/host/answering.js';
import { signsOf } from '../../clients/detector/signs.js';
import { notedUnseenMs } from '../../clients/detector/unseen.js';
import { remainsOf, watchedInstance, watchedRecord } from '../../clients/detector/watched.js';
import { createCommandControl } from '../../clients/engine/commands/command-control.js';
import { healthInPlace } from '../../clients/engine/health-in-place.js';
import { createFreqtradeControl } from '../../clients/engine/freqtrade/index.js';
import { createHttpControl } from '../../clients/engine/http-control.js';
import type { LaunchSettings } from '../../clients/engine/launch.js';
import type { TradingPlace } from '../../clients/engine/commands/positions-answer.js';
import { createCheckpointStore } from '../../clients/host/checkpoint-store.js';
import type { OrderedStops } from '../../clients/host/ordered-stops.js';
import { createJournalFolder } from '../../clients/host/journal/journal-folder.js';
import { createLaunches } from '../../clients/host/launches.js';
import { createForensics } from '../../clients/host/forensics/index.js';
import type { ForensicSettings } from '../../clients/host/forensics/collectors/collector.js';
import { watchResources, type ResourceWatch } from '../../clients/host/resources/index.js';
import { markOf, whoseFor } from '../../clients/host/installation.js';
import { agentPlace } from '../../clients/host/data-folder.js';
import { placeHere, standingOf, whyUnseen, type Place } from '../../clients/host/place.js';
import { createProcessTable } from '../../clients/host/process-table.js';
import { engineOf, enginesHere } from '../config/engines.js';
import { bootOfEngine } from '../config/engine/boot.js';
import { startCommand } from '../config/engine/control.js';
import { processEnvironment } from '../config/environment.js';
import type { Config, EngineConfig } from '../config/schema.js';
import { resolveSecret, secretValues } from '../config/secrets.js';
import { composeArtifacts } from './artifacts.js';
import { composeOrderedStops } from './crashes.js';
import { composeFence } from './fence.js';
import { currentLease } from './lease.js';
import { hostClock } from './server-clock.js';

/** What this very process sees while engines live. */
export interface Seen {
  resources?: ResourceWatch;
}

interface Looking extends Seen {
  /** In a process that ends: no folder that a process names is looked into before it has answered. */
  mustEnd?: boolean;
}

export function composeHost(
  config: Config,
  { resources, mustEnd = false }: Looking = {},
): HostPorts {
  const controls = new Map<string, EngineControl>();
  const own = new Set(enginesHere(config).map(([engineId]) => engineId));
  const place = composePlace(config);
  const watched = async (engineId: string) =>
    watchedRecord({ stateFolder: config.dataDir, engineId, place });
  const stops = composeOrderedStops(config);
  const table = createProcessTable(
    (engineId) => watchedInstance({ stateFolder: config.dataDir, engineId, place }),
    mustEnd ? whoseFor(config.dataDir, answers) : whoseFor(config.dataDir),
  );
  const processes = notingKills(table, stops);
  return {
    lease: currentLease,
    host: config.host,
    clock: hostClock,
    watched,
    hasEngine: (engineId) => own.has(engineId),
    knowsEngine: (engineId) => Object.hasOwn(config.engines, engineId),
    artifacts: composeArtifacts(config),
    control: (engineId) => {
      const control =
        controls.get(engineId) ??
        notingStops(composeControl(config, engineId, processes), { engineId, processes, stops });
      controls.set(engineId, control);
      return control;
    },
    // One that is left out, because it is not valid, is stopped all the same.
    stopWithinMs: (engineId) => config.engines[engineId]?.control.stopWithinMs ?? null,
    boot: (engineId) => bootOfEngine(engineOf(config, engineId)),
    processes,
    remains: ({ engineId, instance }) =>
      remainsOf(instance, { stateFolder: config.dataDir, engineId, place }),
    ...composeUnseen(config),
    standing: (there) => standingOf(there, place),
    whyUnseen: async (engineId) => {
      if (!own.has(engineId)) return 'this is not its host';
      const [heard, agent] = await Promise.all([watched(engineId), agentPlace(config.dataDir)]);
      return whyUnseen({ heard, agent }, place);
    },
    forensics: createForensics(join(config.dataDir, 'evidence'), (engineId) => {
      const { forensics, checkpoints } = engineOf(config, engineId);
      const secrets = () => secretValues(config);
      const trend: ForensicSettings['trend'] = (instance) =>
        resources?.trendOf(engineId, instance) ?? null;
      return { ...forensics, checkpointFolder: checkpoints.written, secrets, trend };
    }),
    checkpoints: composeCheckpoints(config),
    journals: createJournalFolder((engineId) => engineOf(config, engineId).journal?.folder ?? null),
    fence: composeFence(config),
    launches: createLaunches(join(config.dataDir, 'fence')),
  };
}

function composeUnseen(config: Config): Pick<HostPorts, 'signs' | 'unseenSinceMs'> {
  return {
    signs: async (engineId) => {
      const { liveness, forensics } = engineOf(config, engineId);
      return signsOf(liveness, forensics);
    },
    unseenSinceMs: async (engineId) =>
      notedUnseenMs({ stateFolder: config.dataDir, engineId }, Date.now()),
  };
}

interface Noting {
  engineId: string;
  processes: ProcessTable;
  stops: OrderedStops;
}

export function notingKills(table: ProcessTable, stops: OrderedStops): ProcessTable {
  return {
    ...table,
    kill: async (process, signal) => {
      await stops.note(process);
      await table.kill(process, signal);
    },
  };
}

/** An engine that was told to stop, and does, has not crashed; one that refuses may crash still. */
export function notingStops(
  control: EngineControl,
  { engineId, processes, stops }: Noting,
): EngineControl {
  const asked = control.shutdown;
  if (asked === undefined) return control; // by signals, which are noted each
  const shutdown: EngineControl['shutdown'] = async (mode, stamp) => {
    const running = await processes.ofEngine(engineId).catch(() => []);
    await Promise.all(running.map((each) => stops.note(each)));
    try {
      await asked(mode, stamp);
    } catch (error) {
      await Promise.all(running.map((each) => stops.forget(each)));
      throw error;
    }
  };
  return { ...control, shutdown };
}

/** Of the engines of this host, as their detectors watch them. */
export function composeResources(config: Config): ResourceWatch {
  const place = composePlace(config);
  const engines = enginesHere(config).map(([engineId]) => engineId);
  return watchResources(engines, (engineId) =>
    watchedInstance({ stateFolder: config.dataDir, engineId, place }),
  );
}

export function composePlace({ host }: Config): Place {
  return placeHere(host);
}

export function composeCheckpoints(config: Config) {
  return createCheckpointStore((engineId) => engineOf(config, engineId).checkpoints);
}

function composeControl(config: Config, engineId: string, processes: ProcessTable): EngineControl {
  const { control, liveness } = engineOf(config, engineId);
  const { timeoutMs } = control;
  const launch = launchOf(config, engineId);
  if (control.kind === 'commands' || control.kind === 'none') {
    const place = composePlace(config);
    const urls = liveness.flatMap((entry) => (entry.kind === 'health' ? [entry.url] : []));
    const living = async () => (await processes.ofEngine(engineId)).length;
    return createCommandControl({
      commands: control.kind === 'none' ? {} : control.commands,
      health: healthInPlace({ urls, timeoutMs, living }),
      timeoutMs,
      launch,
      secrets: () => secretValues(config),
      watched: () => watchedInstance({ stateFolder: config.dataDir, engineId, place }),
      places: tradingPlaces(config, engineId),
    });
  }
  if (control.kind === 'freqtrade') {
    const { url, auth, dryRun, loopWithinMs } = control;
    return createFreqtradeControl({
      url,
      login: resolveSecret(`engines.${engineId}.control.auth`, auth),
      timeoutMs,
      launch,
      account: onlyPlace(config, engineId),
      wanted: { dryRun, loopWithinMs },
      terminate: async () => {
        const running = await processes.ofEngine(engineId);
        await Promise.all(running.map((each) => processes.kill(each, 'SIGTERM')));
      },
      nowMs: Date.now,
    });
  }
  const token =
    control.token === null
      ? null
      : resolveSecret(`engines.${engineId}.control.token`, control.token);
  const { url, offers } = control;
  return createHttpControl({ url, token, timeoutMs, launch, offers });
}

function launchOf(config: Config, engineId: string): LaunchSettings {
  const { start, workingFolder, logFile, environment, user } = engineOf(config, engineId).control;
  return {
    engineId,
    ...launchedBy(start),
    workingFolder,
    logFile,
    user,
    installation: () => markOf(config.dataDir),
    environment: { PATH: processEnvironment()['PATH'] ?? '/usr/bin:/bin', ...environment },
  };
}

function launchedBy(start: EngineConfig['control']['start']) {
  if (start === null) return { start };
  const { argv, returnsWithinMs } = startCommand(start);
  return { start: argv, returnsWithinMs };
}

/** Checked with the configuration: there is one. */
function onlyPlace(config: Config, engineId: string): TradingPlace {
  const [place] = tradingPlaces(config, engineId);
  if (place === undefined) throw new Error(`${engineId} trades at no venue`);
  return place;
}

function tradingPlaces(config: Config, engineId: string): TradingPlace[] {
  return engineOf(config, engineId).venues.flatMap((venue) => {
    const settings = config.venues[venue];
    if (settings === undefined) return [];
    return [{ venue, account: settings.account, instruments: settings.instruments }];
  });
}
