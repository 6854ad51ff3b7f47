/**
 * The proof: engine, recovered checkpoint and ledger, compared to the last digit. The ledger is the
 * oracle; the recovered checkpoint is compared with it as of the moment the venues were read.
 */
import { readFileSync } from 'node:fs';
import { takenAtMs, validateCheckpoint } from '../../workflows/domain/engine/checkpoint.js';
import { balanceKey, orderKey, positionKey } from '../../workflows/domain/books/keys.js';
import {
  comparableState,
  emptyState,
  type EngineState,
} from '../../workflows/domain/books/state.js';
import { ENGINE_VENUE_IDS, type LedgerView } from '../venues/index.js';
import { until } from './processes.js';
import { ORDER_PREFIX } from './settings.js';
import type { World } from './world.js';

interface Difference {
  where: 'recovered checkpoint' | 'engine';
  item: string;
  held: string;
  ledger: string;
}

export interface LedgerComparison {
  equal: boolean;
  /** Figures compared, of the recovered checkpoint and of the engine. */
  compared: { checkpoint: number; engine: number };
  differences: Difference[];
  /** Figures with all three values where checkpoint and final ledger may differ by later trading. */
  rows: {
    item: string;
    checkpoint: string;
    ledgerThen: string;
    engine: string;
    ledgerNow: string;
  }[];
}

/** Orders that are not the engine's own are none of its state. */
function ledgerState(ledger: LedgerView): EngineState {
  const venues = ENGINE_VENUE_IDS.map((venue) => ({
    place: { venue, account: 'main' },
    view: ledger.venues[venue],
  }));
  return {
    ...emptyState(),
    positions: venues.flatMap(({ place, view }) =>
      view.positions.map((position) => ({ ...place, ...position })),
    ),
    balances: venues.flatMap(({ place, view }) =>
      Object.entries(view.balances).map(([asset, { total }]) => ({ ...place, asset, total })),
    ),
    orders: venues.flatMap(({ place, view }) =>
      view.openOrders.flatMap((order) => {
        const clientOrderId = order.clientOrderId ?? '';
        if (!clientOrderId.startsWith(ORDER_PREFIX)) return [];
        return [{ ...place, ...order, clientOrderId, state: 'open' as const }];
      }),
    ),
  };
}

/** Every figure of a state by name: positions, balances, orders. */
function figuresOf(state: EngineState): Map<string, string> {
  const { positions, balances, orders } = comparableState(state);
  return new Map([
    ...positions.map(
      (p) => [`position ${positionKey(p)}`, `${p.quantity} @ ${p.averagePrice}`] as const,
    ),
    ...balances.map((b) => [`balance ${balanceKey(b)}`, b.total] as const),
    ...orders.map(
      (o) =>
        [
          `order ${orderKey(o)}`,
          `${o.state} ${o.side} ${o.filled}/${o.quantity} @ ${o.price} ${o.instrument} id ${o.venueOrderId}`,
        ] as const,
    ),
  ]);
}

const ABSENT = 'absent';

function differencesOf(
  where: Difference['where'],
  held: Map<string, string>,
  ledger: Map<string, string>,
): Difference[] {
  return [...new Set([...held.keys(), ...ledger.keys()])].sort().flatMap((item) => {
    const ours = held.get(item) ?? ABSENT;
    const theirs = ledger.get(item) ?? ABSENT;
    return ours === theirs ? [] : [{ where, item, held: ours, ledger: theirs }];
  });
}

export async function compareWithLedger(
  world: World,
  recoveredPath: string,
): Promise<LedgerComparison> {
  const recovered = readRecovered(world, recoveredPath);
  const then = figuresOf(ledgerState(await world.admin.ledger(recovered.takenAtMs)));
  const checkpoint = figuresOf(recovered.state);
  const { engine, now } = await settledEngine(world);
  const differences = [
    ...differencesOf('recovered checkpoint', checkpoint, then),
    ...differencesOf('engine', engine, now),
  ];
  const items = [...new Set([...checkpoint.keys(), ...then.keys(), ...now.keys()])].sort();
  const at = (figures: Map<string, string>, item: string) => figures.get(item) ?? ABSENT;
  return {
    equal: differences.length === 0,
    compared: { checkpoint: then.size, engine: now.size },
    differences,
    rows: items.map((item) => ({
      item,
      checkpoint: at(checkpoint, item),
      ledgerThen: at(then, item),
      engine: at(engine, item),
      ledgerNow: at(now, item),
    })),
  };
}

function readRecovered(world: World, path: string) {
  const { checkpoint, errors } = validateCheckpoint(readFileSync(path), {
    engineId: world.files.engineId,
    nowMs: Date.now(),
    oldMs: Number.MAX_SAFE_INTEGER,
    absurdQuantity: '1000000000',
  });
  if (checkpoint === null) throw new Error(`${path} is not valid: ${errors.join('; ')}`);
  return { state: checkpoint.state, takenAtMs: takenAtMs(checkpoint.header) };
}

/** The engine trades, so it is read between two equal readings of the ledger, until both agree. */
async function settledEngine(world: World) {
  let last = { engine: new Map<string, string>(), now: new Map<string, string>() };
  const agreed = until(
    'engine and ledger agree',
    async () => {
      const before = await world.admin.ledger();
      const { state } = await world.engineState();
      const after = await world.admin.ledger();
      if (before.sequence !== after.sequence) return null;
      last = { engine: figuresOf(state), now: figuresOf(ledgerState(after)) };
      return differencesOf('engine', last.engine, last.now).length === 0 ? last : null;
    },
    { boundMs: 60_000, everyMs: 50 },
  );
  return agreed.catch(() => last); // what still differs is shown, not thrown
}
