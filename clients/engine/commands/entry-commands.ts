/**
 * What an engine holds, told to it by a team's own commands: a position, an order, or to read the venues again.
 *
 * Invariants: a command that cannot say what must be said is not run: a symbol of two venues without a venue,
 * a trigger without a place for it; a refusal is final, in its words.
 */
import type { EngineCapabilities, WriteStamp } from '../../../activities/ports.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { PositionUpdate } from '../../../workflows/domain/engine/control.js';
import { failure } from '../../../workflows/failure.js';
import type { CommandName } from './command-names.js';
import type { TradingPlace } from './positions-answer.js';
import type { CommandSaid, EngineCommand } from './run-engine-command.js';

/** It has the order already. */
const EXIT_KNOWN = 3;

export interface EntryRuns {
  commandOf: (name: CommandName) => EngineCommand;
  run: (
    name: CommandName,
    values: Record<string, string>,
    stamp: WriteStamp,
  ) => Promise<CommandSaid>;
  places: readonly TradingPlace[];
}

type EntryCapabilities = Pick<EngineCapabilities, 'sync' | 'updatePosition' | 'importOrder'>;

export function createEntryCommands(runs: EntryRuns): EntryCapabilities {
  return {
    sync: async (stamp) => {
      refuseNo('sync', await runs.run('sync', {}, stamp));
    },
    updatePosition: async (update, stamp) => {
      refuseTwoVenues(runs, 'updatePosition', update.instrument);
      refuseNo('updatePosition', await runs.run('updatePosition', valuesOf(update), stamp));
    },
    importOrder: async (order, stamp) => {
      refuseTwoVenues(runs, 'importOrder', order.instrument);
      refuseUntold(runs, order);
      const said = await runs.run('importOrder', valuesOfOrder(order), stamp);
      if (said.exitCode === EXIT_KNOWN) return 'known';
      refuseNo('importOrder', said);
      return 'imported';
    },
  };
}

function refuseNo(name: CommandName, { answer, words }: CommandSaid): void {
  if (answer === 'no') throw failure('EngineRefused', `command ${name} says no: ${words}`);
}

function valuesOf({ venue, account, instrument, quantity, averagePrice, reason }: PositionUpdate) {
  return { venue, account, item: instrument, quantity, averagePrice: averagePrice ?? '', reason };
}

function valuesOfOrder(order: Order): Record<string, string> {
  return {
    venue: order.venue,
    account: order.account,
    venueOrderId: order.venueOrderId ?? '',
    clientId: order.clientOrderId,
    item: order.instrument,
    side: order.side,
    type: order.type,
    price: order.price ?? '',
    triggerPrice: order.triggerPrice ?? '',
    quantity: order.quantity,
    filled: order.filled,
  };
}

function names({ argv }: EngineCommand, placeholder: string): boolean {
  return argv.some((arg) => arg.includes(`{${placeholder}}`));
}

function refuseTwoVenues(
  { commandOf, places }: EntryRuns,
  name: 'updatePosition' | 'importOrder',
  instrument: string,
): void {
  if (names(commandOf(name), 'venue')) return;
  const venues = places.filter(({ instruments }) => instruments.includes(instrument));
  if (venues.length < 2) return;
  const at = venues.map(({ venue }) => venue).join(' and ');
  throw failure(
    'EngineRefused',
    `${instrument} is traded at ${at}, and command ${name} has no {venue}: nobody could tell which is meant`,
  );
}

/** Of an order with a trigger, or without an id of its venue, half would be no order. */
function refuseUntold({ commandOf }: EntryRuns, order: Order): void {
  const command = commandOf('importOrder');
  const isConditional = order.conditional === true || order.triggerPrice !== undefined;
  const missing = isConditional && !names(command, 'triggerPrice') ? '{triggerPrice}' : null;
  if (missing !== null) {
    throw failure('EngineRefused', `command importOrder has no ${missing}, which this order needs`);
  }
  if (order.venueOrderId === null && !names(command, 'clientId')) {
    throw failure(
      'EngineRefused',
      'the order has no id of its venue, and importOrder no {clientId}',
    );
  }
}
