/** The files of one sandbox world: Relight's configuration, the engine's, and secrets beside them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createKeyFile, readKey } from '../../clients/cli/actions/keys.js';
import { publicKeyOf } from '../../workflows/domain/gates/decision.js';
import { engineCommand } from '../engine/launch.js';
import { ENGINE_VENUE_IDS, type EngineVenueId, type LedgerView } from '../venues/index.js';

export const ON_CALL = 'on-call';
export const ORDER_PREFIX = 'rl-';

export const INSTRUMENTS: Record<EngineVenueId, string[]> = {
  binance: ['BTC/USDT', 'ETH/USDT'],
  binanceusdm: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
  coinbase: ['BTC/USD', 'ETH/USD'],
  kraken: ['BTC/USD', 'ETH/USD'],
};

const LIMITS = { maxOrderNotional: '50000', maxPosition: '100', maxDailyLoss: '25000' };

export interface VenueAccess {
  urls: Record<EngineVenueId, string>;
  credentials: Record<EngineVenueId, { apiKey: string; secret: string }>;
}

export interface WorldOptions {
  folder: string;
  /** Unique on this machine: processes of an engine are found by it. */
  engineId: string;
  /** Unix sockets have short names only, so this one may live elsewhere. */
  socket: string;
  controlPort: number;
  orders: number;
  access: VenueAccess;
  ledger: LedgerView;
  /** Windows in milliseconds; shorter than the procedure's, and the demo says so. */
  windows: Windows;
  containment: 'none' | 'cancel_own_orders';
  /** The agent has keys of its own, to contain without Temporal. */
  byAgent: boolean;
  /** The engine boots from its own last checkpoint, and is told over HTTP what was recovered. */
  told?: boolean;
  passphrase: string | null;
  temporalAddress: string | null;
}

export interface Windows {
  settleMs: number;
  soakMs: number;
  monitorMs: number;
  checkEveryMs: number;
  heartbeatAlarmMs: number;
  gateReminderMs: number;
  /** How often a venue that is away is tried. */
  recheckMs: number;
  /** How late an order may arrive that was on its way at the crash. */
  arrivalMs: number;
}

/** The procedure's own. */
export const PROCEDURE_WINDOWS: Windows = {
  settleMs: 5_000,
  soakMs: 30_000,
  monitorMs: 60_000,
  checkEveryMs: 5_000,
  heartbeatAlarmMs: 10_000,
  gateReminderMs: 300_000,
  recheckMs: 60_000,
  arrivalMs: 10_000,
};

export const DEMO_WINDOWS: Windows = {
  settleMs: 1_000,
  soakMs: 2_000,
  monitorMs: 6_000,
  checkEveryMs: 1_000,
  heartbeatAlarmMs: 3_000,
  gateReminderMs: 60_000,
  recheckMs: 5_000,
  arrivalMs: 3_000,
};

export interface WorldFiles {
  engineId: string;
  relight: string;
  engine: string;
  keyFile: string;
  privateKey: string;
  dataDir: string;
  checkpoints: string;
  controlUrl: string;
}

export function writeWorldFiles(options: WorldOptions): WorldFiles {
  const at = (...parts: string[]) => join(options.folder, ...parts);
  mkdirSync(at('secrets'), { recursive: true, mode: 0o700 });
  const keyFile = at('secrets', 'on-call.key');
  const publicKey = existsSync(keyFile)
    ? publicKeyOf(readKey(keyFile))
    : createKeyFile(keyFile).publicKey;
  const engineFile = at('engine.json');
  const engine = engineSettings(options, at);
  writeFileSync(engineFile, JSON.stringify(engine, null, 2), { mode: 0o600 });
  const relightFile = at('relight.yaml');
  writeFileSync(relightFile, stringify(relightSettings(options, { at, publicKey, engineFile })));
  return {
    engineId: options.engineId,
    relight: relightFile,
    engine: engineFile,
    keyFile,
    privateKey: readKey(keyFile),
    dataDir: at('data'),
    checkpoints: engine.checkpointDir,
    controlUrl: `http://127.0.0.1:${options.controlPort}`,
  };
}

type At = (...parts: string[]) => string;

function engineSettings(options: WorldOptions, at: At) {
  const { access, engineId, socket, controlPort, orders, told } = options;
  const venues = Object.fromEntries(
    ENGINE_VENUE_IDS.map((venue) => [
      venue,
      { url: access.urls[venue], ...access.credentials[venue] },
    ]),
  );
  return {
    engineId,
    dataDir: at('engine'),
    venues,
    livenessSocket: socket,
    heartbeatFile: at('engine', 'heartbeat'),
    checkpointDir: at('engine', 'checkpoints'),
    controlPort,
    orders,
    opens: told === true ? 'checkpoint' : 'venues',
    limits: LIMITS,
    orderIdPrefix: ORDER_PREFIX,
  };
}

function relightSettings(
  options: WorldOptions,
  { at, publicKey, engineFile }: { at: At; publicKey: string; engineFile: string },
) {
  const start = engineCommand({
    configFile: engineFile,
    epoch: '{epoch}',
    instanceId: '{instance}',
    state: options.told === true ? undefined : '{state}',
    trading: false,
  });
  return {
    dataDir: at('data'),
    host: 'sandbox',
    temporal: { address: options.temporalAddress },
    venues: venueSettings(options, at),
    engines: {
      [options.engineId]: {
        venues: ENGINE_VENUE_IDS,
        orderIdPrefix: ORDER_PREFIX,
        baseline: baselineOf(options.ledger),
        liveness: { socket: options.socket, heartbeatFile: at('engine', 'heartbeat') },
        checkpoints: {
          written: at('engine', 'checkpoints'),
          recovered: at('engine', 'recovered'),
        },
        forensics: {
          coreFolder: at('engine'),
          executable: process.execPath,
          logs: [at('engine', 'engine.log')],
        },
        control: {
          kind: 'http',
          url: `http://127.0.0.1:${options.controlPort}`,
          offers: options.told === true ? ['sync', 'updatePosition', 'importOrder'] : [],
          start,
          workingFolder: at('engine'),
          logFile: at('engine', 'engine.log'),
        },
        policy: { ...policySettings(options.windows), containment: options.containment },
        ...(options.byAgent
          ? { containment: { byAgent: true, venues: agentKeys(options, at) } }
          : {}),
      },
    },
    approvers: [{ name: ON_CALL, roles: ['ops', 'risk'], keys: [{ ed25519: publicKey }] }],
  };
}

function venueSettings({ access, passphrase }: WorldOptions, at: At) {
  return Object.fromEntries(
    ENGINE_VENUE_IDS.map((venue) => {
      const url = access.urls[venue];
      const kept = (name: string, content: string) => keptAt(at, `${venue}.${name}`, content);
      const refs = {
        ...keyOf(venue, access, kept),
        ...(passphrase === null ? {} : { password: kept('passphrase', passphrase) }),
      };
      const instruments = INSTRUMENTS[venue];
      return [venue, { ccxt: venue, url, ...refs, instruments }];
    }),
  );
}

type Keep = (name: string, content: string) => { file: string };

function keptAt(at: At, name: string, content: string): { file: string } {
  const file = at('secrets', name);
  writeFileSync(file, content, { mode: 0o600 });
  return { file };
}

function keyOf(venue: EngineVenueId, { credentials }: VenueAccess, kept: Keep) {
  const { apiKey, secret } = credentials[venue];
  return { apiKey: kept('key', apiKey), secret: kept('secret', secret) };
}

function agentKeys({ access }: WorldOptions, at: At) {
  return Object.fromEntries(
    ENGINE_VENUE_IDS.map((venue) => {
      const kept: Keep = (name, content) => keptAt(at, `agent-${venue}.${name}`, content);
      return [venue, keyOf(venue, access, kept)];
    }),
  );
}

/** The inventory that the sandbox accounts were given is no exposure of the engine's making. */
function baselineOf(ledger: LedgerView): Record<string, string> {
  return Object.fromEntries(
    ENGINE_VENUE_IDS.flatMap((venue) =>
      Object.entries(ledger.venues[venue].balances).map(([asset, { total }]) => [
        `${venue}|${asset}`,
        total,
      ]),
    ),
  );
}

function policySettings(windows: Windows) {
  const { settleMs, soakMs, monitorMs, checkEveryMs, heartbeatAlarmMs } = windows;
  return {
    heartbeat: { healthyMs: Math.floor(heartbeatAlarmMs / 2), alarmMs: heartbeatAlarmMs },
    health: { settleMs },
    risk: { limits: LIMITS },
    ramp: {
      checkEveryMs,
      manualMonitorMs: monitorMs,
      stages: [
        { percent: 50, strategies: 'low', soakMs, monitorMs },
        { percent: 75, strategies: 'medium', soakMs, monitorMs: 0 },
        { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
      ],
    },
    reconciliation: { recheckMs: windows.recheckMs },
    orders: { arrivalMs: windows.arrivalMs },
    gates: { remindAfterMs: windows.gateReminderMs },
  };
}
