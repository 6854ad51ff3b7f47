/** The commands that stand in for a control surface; apart, so that a configuration loads no more. */
export const COMMAND_NAMES = [
  'quickHealth',
  'comprehensiveHealth',
  'stateDigest',
  'state',
  'riskLimits',
  'setLimits',
  'enableStrategies',
  'shutdown',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];
