/**
 * What the answer of a team's own command means, by capability: as JSON of the HTTP contract, by its exit
 * code, or as positions.
 *
 * Invariant: an exit code tells yes or no and nothing else, so whatever else the contract has is null, which
 * is "not told", and what needs it is told as unverified.
 */
import type { z } from 'zod';
import {
  ComprehensiveHealth,
  EngineStateAnswer,
  QuickHealth,
  RiskLimits,
  StateDigest,
  type ComprehensiveHealthTold,
  type QuickHealthTold,
  type UnlistedLimits,
} from '../../../workflows/domain/engine/control.js';
import { DecimalText } from '../../../workflows/domain/books/state.js';
import type { ToldPositions } from '../../../workflows/domain/reconciliation/told-positions.js';
import { failure } from '../../../workflows/failure.js';
import type { CommandName } from './command-names.js';
import { positionsIn, type TradingPlace } from './positions-answer.js';
import { programOf, type CommandSaid, type EngineCommand } from './run-engine-command.js';

const NOBODY = { instanceId: null, epoch: null };

/** A script knows one kind of no, and the procedure shuts down at it: it counts as hard. */
function quickHealth({ answer, words }: CommandSaid): QuickHealthTold {
  return { ...NOBODY, healthy: answer === 'yes', hard: answer === 'no', note: words };
}

/** One check, by the name of its program. */
function comprehensiveHealth(said: CommandSaid, command: EngineCommand): ComprehensiveHealthTold {
  const ok = said.answer === 'yes';
  const checks = [{ name: programOf(command), ok, detail: said.words }];
  return { ...NOBODY, healthy: ok, trading: null, checks };
}

function riskLimits({ answer, words }: CommandSaid): UnlistedLimits {
  return { limits: null, loaded: answer === 'yes', words };
}

interface Reading<T> {
  json: z.ZodType<T>;
  /** Missing where an exit code tells nothing of it. */
  exit?: (said: CommandSaid, command: EngineCommand) => T;
}

const readings = <R extends Record<string, unknown>>(table: { [K in keyof R]: Reading<R[K]> }) =>
  table;

export const READINGS = readings<{
  quickHealth: QuickHealthTold;
  comprehensiveHealth: ComprehensiveHealthTold;
  riskLimits: RiskLimits | UnlistedLimits;
  state: z.infer<typeof EngineStateAnswer>;
  stateDigest: StateDigest;
}>({
  quickHealth: { json: QuickHealth, exit: quickHealth },
  comprehensiveHealth: { json: ComprehensiveHealth, exit: comprehensiveHealth },
  riskLimits: { json: RiskLimits, exit: riskLimits },
  state: { json: EngineStateAnswer },
  stateDigest: { json: StateDigest },
});

/** Fails with `EngineRefused` where it is outside the contract. */
export function readAnswer<T>(
  name: CommandName,
  { json, exit }: Reading<T>,
  { said, command }: { said: CommandSaid; command: EngineCommand },
): T {
  if (command.answers === 'exit' && exit !== undefined) return exit(said, command);
  const parsed = json.safeParse(parseJson(said.stdout));
  if (parsed.success) return parsed.data;
  throw failure(
    'EngineRefused',
    `command ${name} printed something outside its contract (docs/commands.md)`,
  );
}

export function readPositions(
  { stdout }: CommandSaid,
  places: readonly TradingPlace[],
): ToldPositions {
  const told = positionsIn(stdout, places);
  if (!('fault' in told)) return told;
  throw failure('EngineRefused', `what command state printed ${told.fault}`);
}

export function countIn({ stdout }: CommandSaid): number {
  if (COUNT.test(stdout.trim())) return Number(stdout);
  throw failure('EngineRefused', 'command openOrders printed no count, such as 12');
}

const COUNT = /^\d{1,9}$/;

export function figureIn({ stdout }: CommandSaid): string {
  const figure = DecimalText.safeParse(stdout.trim());
  if (figure.success) return figure.data;
  throw failure('EngineRefused', 'command exposure printed no decimal number, such as 120000.50');
}

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}
