/**
 * What an incident of the world is about, by names that a plan can hold: rules that ask people or contain otherwise, a
 * ledger, a market and a disk on which something has happened.
 *
 * Invariant: what is done to the ledger is real there: whoever compares with it later finds it so.
 */
import { join } from 'node:path';
import type { Decimal } from '../../../../sandbox/venues/decimal.js';
import type { Desk } from '../../../../sandbox/venues/desk.js';
import type { FOUND_KINDS } from '../../faults/plan.js';
import { bothOf } from '../../world/engine/both-of.js';
import type { Traits } from '../../world/engine/settings.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { ACCOUNTS } from './accounts.js';
import { MORE_IN_THE_WORLD } from './more-in-the-world.js';
import { MORE_ON_MACHINES } from './more-on-machines.js';
import { cancelOwn, deskOf, toOwnOrder, transfer, type WorldSituation } from './world-means.js';
import { refuseLookUps } from './troubles.js';
import { FOLDERS } from '../../world/machine/host-ports.js';

type Named = Readonly<Record<string, WorldSituation>>;

const AWAY_MS = 30_000;
const MODE = 0o640;

/** `at`: of the market's price, at which it rests or trades at once. */
function placeByHand(desk: Desk, clientOrderId: string, at: string): void {
  const [instrument] = desk.instruments;
  if (instrument === undefined) throw new Error('a venue without instruments');
  const price: Decimal = desk.price(instrument).times(at).toDecimalPlaces(2);
  const quantity = instrument.quantityStep.times(100);
  desk.place({ instrument, clientOrderId, side: 'buy', type: 'limit', price, quantity });
}

const RESTS = '0.9';
const TRADES = '1.01';
const byHand = (name: string) => (world: IncidentWorld) => placeByHand(deskOf(world), name, RESTS);

function close(world: IncidentWorld): void {
  const desk = deskOf(world, 1);
  desk.status = 'maintenance';
  setTimeout(() => (desk.status = 'ok'), AWAY_MS);
}

const situation: Named = {
  'no checkpoint is left': {
    atDeath: async ({ hosts: { first } }) => {
      const names = first.files.namesIn(FOLDERS.written);
      for (const name of names) await first.files.remove(join(FOLDERS.written, name));
    },
  },
  'the newest checkpoint is damaged': {
    atDeath: async ({ hosts: { first } }) => {
      const newest = first.files.namesIn(FOLDERS.written).toSorted().at(-1);
      if (newest === undefined) return;
      await first.files.write(join(FOLDERS.written, newest), 'torn', { mode: MODE, synced: true });
    },
  },
};

const books: Named = {
  'an order has expired': {
    atDeath: (world) =>
      toOwnOrder(deskOf(world), (order) => deskOf(world).ledger.expire(order, 'its time')),
  },
  'an order was rejected': {
    atDeath: (world) =>
      toOwnOrder(deskOf(world), (order) => deskOf(world).ledger.reject(order, 'risk')),
  },
  'orders are lost on their way': {
    before: ({ market }) => {
      const usual = market.troubleOf;
      market.troubleOf = (request) =>
        request.from === 'engine' && request.what === 'place' ? 'lost' : usual(request);
    },
    atDeath: ({ market }) => void (market.troubleOf = () => null),
  },
  'an order of which nobody tells': {
    atDeath: (world) => {
      cancelOwn(deskOf(world));
      refuseLookUps(world);
    },
  },
  'a foreign order': { atDeath: byHand('web-1') },
  'a foreign order is adopted': {
    policy: { orders: { foreign: 'adopt' } },
    atDeath: byHand('web-3'),
  },
  'a foreign order is asked about': {
    policy: { orders: { foreign: 'ask' } },
    atDeath: byHand('web-4'),
  },
  'an order that came and went': {
    atDeath: (world) => placeByHand(deskOf(world), 'web-2', TRADES),
  },
  'dust that nothing explains': {
    policy: { reconciliation: { dustNotional: '10' } },
    atDeath: (world) => transfer(world, '1.5'),
  },
  'money that nothing explains': { atDeath: (world) => transfer(world, '5000') },
  'stale orders are asked about': { policy: { orders: { onStale: 'ask' } } },
};

const checks: Named = {
  'a volatile market': { policy: { market: { maxVolatility: '0.0001' } } },
  'a closed market': { atDeath: close },
  'a closed market is asked about': { policy: { market: { whenClosed: 'ask' } }, atDeath: close },
  'high exposure': { policy: { risk: { maxExposure: '100' } } },
};

const rules: Named = {
  'no cause is automatic': { policy: { automaticCauses: [] } },
  'own orders are cancelled': { policy: { containment: 'cancel_own_orders' } },
  'a dead man switch': { policy: { containment: 'dead_man_switch' } },
  'one crash is a loop': { policy: { crashLoop: { maxCrashes: 1 } } },
  'little time to answer': {
    policy: {
      automaticCauses: [],
      gates: { remindAfterMs: 10_000, expiresAfterMs: 45_000 },
    },
  },
};

const ALL = { situation, books, checks, rules } satisfies Record<
  (typeof FOUND_KINDS)[number],
  Named
>;

const MORE: Named = { ...MORE_IN_THE_WORLD, ...MORE_ON_MACHINES };

/** Names, for plans. */
export const WORLD_SITUATIONS = {
  situation: Object.keys(situation),
  books: Object.keys(books),
  checks: Object.keys(checks),
  rules: Object.keys(rules),
  more: Object.keys(MORE),
  accounts: Object.keys(ACCOUNTS),
};

export function worldFound(names: readonly string[]) {
  const known: Named = Object.assign({}, MORE, ACCOUNTS, ...Object.values(ALL)) as Named;
  const chosen = [...new Set(names)].flatMap((name) => known[name] ?? []);
  return {
    policy: chosen.reduce<Record<string, unknown>>((all, one) => bothOf(all, one.policy ?? {}), {}),
    engine: Object.assign({}, ...chosen.map(({ engine }) => engine)) as Traits,
    refused: chosen.flatMap(({ refused = [] }) => refused),
    /** Null where nothing is done before there is an engine. */
    opening: openingOf(chosen),
    before: (world: IncidentWorld) => chosen.forEach((one) => one.before?.(world)),
    atDeath: async (world: IncidentWorld) => {
      for (const one of chosen) await one.atDeath?.(world);
    },
  };
}

function openingOf(chosen: readonly WorldSituation[]) {
  const openings = chosen.flatMap(({ opening }) => opening ?? []);
  if (openings.length === 0) return null;
  return (world: IncidentWorld) => openings.forEach((opening) => opening(world));
}
