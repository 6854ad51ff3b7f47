/** The commands that stand in for a control surface; apart, so that a configuration loads no more. */
import type { EngineCapabilities } from '../../activities/ports.js';

/** Without these no engine can be recovered. */
export type NecessaryCommand = 'quickHealth' | 'shutdown';

/** Each of these is a capability: what is left out is not offered. */
const OPTIONAL_COMMANDS = [
  'comprehensiveHealth',
  'stateDigest',
  'state',
  'riskLimits',
  'setLimits',
  'enableStrategies',
] as const satisfies readonly (keyof EngineCapabilities)[];
export type OptionalCommand = (typeof OPTIONAL_COMMANDS)[number];

export const COMMAND_NAMES = ['quickHealth', ...OPTIONAL_COMMANDS, 'shutdown'] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];
