/**
 * The engine process. Exit codes: 0 planned stop, 69 venues unreachable at a fresh start, 70
 * control port not bound or a defect, 78 arguments, configuration or state file invalid.
 */
import { startControl } from './control/server.js';
import type { ShutdownMode } from './control/schemas.js';
import { readOptions, type EngineOptions } from './config.js';
import { die } from './dying.js';
import { Engine, openVenues } from './engine.js';
import { Liveness } from './liveness.js';
import { createLogger, describeError, type Logger } from './log.js';
import {
  newestCheckpoint,
  readRecoveredState,
  readVenueState,
  type OpeningState,
} from './books/opening-state.js';
import { startTicks } from './process-identity.js';
import type { EngineVenue } from './venue/venue.js';

const EXIT = { ok: 0, unavailable: 69, internal: 70, configuration: 78 } as const;
const BUILD = 'sandbox-0.1.0';
const EMERGENCY_MS = 500;

async function main(): Promise<void> {
  const options = orExit(EXIT.configuration, createLogger({}), 'configuration invalid', () =>
    readOptions(process.argv.slice(2)),
  );
  const { config, instanceId, epoch } = options;
  const log = createLogger({ engineId: config.engineId, instanceId, epoch });
  process.on('uncaughtException', (error) => exitWith(EXIT.internal, log, 'defect', error));
  const venues = openVenues(options);
  const opening = await openingState(options, venues, log);
  const engine = new Engine({ options, venues, opening, log });
  const liveness = createLiveness(options);
  const stop = stopper(engine, liveness);
  try {
    await startControl({ engine, onShutdown: stop, onDie: (how) => void die(how, engine) });
  } catch (error) {
    exitWith(EXIT.internal, log, `control port ${config.controlPort} not bound`, error);
  }
  process.once('SIGTERM', () => stop('graceful'));
  liveness.start();
  await engine.start();
  const { statePath: state, trading } = options;
  log.info({ state, trading, orders: engine.book.orderCount }, 'engine started');
}

async function openingState(
  { statePath, config }: EngineOptions,
  venues: EngineVenue[],
  log: Logger,
): Promise<OpeningState> {
  const own = config.opens === 'checkpoint' ? newestCheckpoint(config.checkpointDir) : null;
  const path = statePath ?? own;
  if (path !== null) {
    return orExit(EXIT.configuration, log, 'state file invalid', () =>
      readRecoveredState(path, config.engineId),
    );
  }
  return readVenueState(venues).catch((error: unknown) =>
    exitWith(EXIT.unavailable, log, 'venues cannot be read', error),
  );
}

function createLiveness({ config, epoch, instanceId }: EngineOptions): Liveness {
  return new Liveness({
    socketPath: config.livenessSocket,
    heartbeatFile: config.heartbeatFile,
    hello: {
      type: 'hello',
      engineId: config.engineId,
      instanceId,
      pid: process.pid,
      startTicks: startTicks(),
      build: BUILD,
      epoch,
    },
  });
}

/** The first call decides; a planned stop says goodbye so that it is not taken for a crash. */
function stopper(engine: Engine, liveness: Liveness): (mode: ShutdownMode) => void {
  let stopping = false;
  return (mode) => {
    if (stopping) return;
    stopping = true;
    engine.halt();
    engine.log.info({ mode }, 'engine stopping');
    // An emergency waits for nothing: what is in flight is in the last checkpoint as in flight.
    if (mode === 'emergency') setTimeout(() => process.exit(EXIT.ok), EMERGENCY_MS).unref();
    const settled = mode === 'graceful' ? engine.stopGracefully() : Promise.resolve();
    void settled
      .catch((error: unknown) =>
        engine.log.error({ error: describeError(error) }, 'last checkpoint'),
      )
      .then(() => liveness.goodbye(mode))
      .finally(() => process.exit(EXIT.ok));
  };
}

function orExit<T>(code: number, log: Logger, message: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return exitWith(code, log, message, error);
  }
}

function exitWith(code: number, log: Logger, message: string, error: unknown): never {
  log.fatal({ error: describeError(error) }, message);
  process.exit(code);
}

// Uncaught, the error would be printed as it is, with its URLs.
await main().catch((error: unknown) => exitWith(EXIT.internal, createLogger({}), 'defect', error));
