/**
 * The commands that stand in for a control surface, and how each may answer; apart, so that a configuration
 * loads no more.
 */
import type { EngineCapabilities } from '../../../activities/ports.js';
import { HTTP_CONTRACT, HttpOffer } from '../../../workflows/domain/engine/control.js';

/** Each is a capability: what is left out is not offered, and the next weaker proof takes its place. */
export const COMMAND_NAMES = [
  ...HTTP_CONTRACT,
  ...HttpOffer.options,
  'openOrders',
] as const satisfies readonly (keyof EngineCapabilities | 'quickHealth')[];
export type CommandName = (typeof COMMAND_NAMES)[number];

/**
 * `json`: it prints what the HTTP contract has, and another exit code than 0 is no answer. `exit`: the exit
 * code is the answer, and what it prints are words for people. `positions`: it prints them, and nothing else;
 * so with `count` and `number`, of which it prints one.
 */
export type AnswerForm = 'json' | 'exit' | 'positions' | 'count' | 'number';

const PLAIN = ['json', 'exit'] as const satisfies readonly AnswerForm[];

/** The first is that of a command for which none is named. A digest is text, and no exit code tells a state. */
export const FORMS = {
  quickHealth: PLAIN,
  comprehensiveHealth: PLAIN,
  stateDigest: ['json'],
  state: ['json', 'positions'],
  riskLimits: PLAIN,
  setLimits: PLAIN,
  enableStrategies: PLAIN,
  shutdown: PLAIN,
  sync: ['exit'],
  updatePosition: ['exit'],
  importOrder: ['exit'],
  openOrders: ['count'],
  exposure: ['number'],
} as const satisfies Record<CommandName, readonly AnswerForm[]>;

export type AnswersOf<Name extends CommandName> = (typeof FORMS)[Name][number];
