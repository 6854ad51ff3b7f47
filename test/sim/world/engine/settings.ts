/** The engine of a world: few orders, so that a run is quick, and limits that it does not reach by trading. */
import type { EngineConfig } from '../../../../sandbox/engine/config.js';
import { FOLDERS } from '../machine/host-ports.js';
import { ENGINE_ID } from './processes.js';

export const LIMITS = {
  maxOrderNotional: '1000000',
  maxPosition: '100',
  maxDailyLoss: '1000000',
};

/** Virtual minutes cost as much as what happens in them: people are waited for, and watch, for few. */
export const PACE = {
  gates: { expiresAfterMs: 300_000, remindAfterMs: 60_000 },
  ramp: {
    manualMonitorMs: 60_000,
    stages: [
      { percent: 50, strategies: 'low', soakMs: 10_000, monitorMs: 20_000 },
      { percent: 75, strategies: 'medium', soakMs: 10_000, monitorMs: 0 },
      { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
    ],
  },
};

/** In what the engine of a world is otherwise than usual. */
export interface Traits {
  /** Limits of the rules that it has not loaded. */
  lacks?: readonly string[];
  /** It does not tell what it figures its exposure at. */
  hidesExposure?: boolean;
}

/** As people have configured it beside the rules: one object for all its lives, which people may mend. */
export function settingsOf(limits: Readonly<Record<string, string>>, { lacks = [] }: Traits) {
  const loaded = Object.entries(limits).filter(([name]) => !lacks.includes(name));
  const all: typeof LIMITS & Record<string, string> = {
    ...LIMITS,
    ...Object.fromEntries(loaded),
  };
  return { ...ENGINE_SETTINGS, limits: all };
}

const ENGINE_SETTINGS: EngineConfig = {
  engineId: ENGINE_ID,
  account: 'main',
  dataDir: '/engine',
  venues: {},
  livenessSocket: '/engine/liveness',
  heartbeatFile: '/engine/heartbeat',
  checkpointDir: FOLDERS.written,
  controlPort: 1,
  orders: 6,
  checkpointEveryMs: 2_000,
  followEveryMs: 2_000,
  tradeEveryMs: 3_000,
  opens: 'venues',
  limits: LIMITS,
  orderIdPrefix: 'rl-',
};
