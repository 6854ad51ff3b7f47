/**
 * What an engine's control surface offers, and in which form it answers: one rule for every kind, whoever asks.
 *
 * Invariant: what is not configured is not offered, so that it is never asked of an engine.
 */
import {
  COMMAND_NAMES,
  type AnswersOf,
  type CommandName,
} from '../../../clients/engine/commands/command-names.js';
import { HTTP_CONTRACT } from '../../../workflows/domain/engine/control.js';
import type { EngineConfig } from '../schema.js';

/** `partly`: as JSON, but for some of it, which is named when it is asked. */
export type Offers = { [Name in CommandName]?: AnswersOf<Name> | 'json' | 'partly' };

export function offersOf({ control }: Pick<EngineConfig, 'control'>): Offers {
  switch (control.kind) {
    case 'none':
      return {};
    case 'freqtrade':
      return OF_FREQTRADE;
    case 'http':
      return Object.fromEntries(
        [...HTTP_CONTRACT, ...control.offers].map((name) => [name, 'json']),
      );
    case 'commands':
      return ofCommands(control.commands);
  }
}

type Commands = Extract<EngineConfig['control'], { kind: 'commands' }>['commands'];

function ofCommands(commands: Commands): Offers {
  return Object.fromEntries(
    COMMAND_NAMES.flatMap((name) => {
      const command = commands[name];
      if (command === undefined) return [];
      return [[name, 'answers' in command ? command.answers : 'json']];
    }),
  );
}

/** It knows no instance, no limits, and no digest (clients/engine/freqtrade). */
const OF_FREQTRADE: Offers = {
  quickHealth: 'exit',
  comprehensiveHealth: 'exit',
  state: 'partly',
  enableStrategies: 'json',
  shutdown: 'json',
  sync: 'json',
};
