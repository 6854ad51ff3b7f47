/**
 * What an engine holds otherwise than the recovered state that it booted from, by name and figure.
 *
 * Invariants: two states with equal digests differ in nothing here, and others in something; what the engine
 * tells is compared, never a digest that somebody may have handed it; the words are bounded.
 */
import { canonicalJson } from '../content/canonical.js';
import { printable } from '../content/printable.js';
import { cutToBytes, shortened } from '../content/shortened.js';
import { balanceKey, kindKey, orderKey, positionKey } from '../books/keys.js';
import { comparableState, type EngineState } from '../books/state.js';

const MOST_NAMED = 5;
const LONGEST_FIGURE = 80;

type Fields = Readonly<Record<string, unknown>>;

interface Item {
  name: string;
  fields: Fields;
}

export function stateDifferences(
  held: EngineState,
  expected: EngineState,
  most = MOST_NAMED,
): string[] {
  const [theirs, ours] = [itemsOf(held), itemsOf(expected)];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const words = keys.flatMap((key) => differenceOf(theirs.get(key), ours.get(key)));
  return shortened(words, most);
}

function itemsOf(state: EngineState): Map<string, Item> {
  const { positions, balances, orders, risk } = comparableState(state);
  return new Map([
    ...positions.map((one) =>
      item(
        kindKey('position', positionKey(one)),
        `${one.venue} ${one.instrument} ${one.side}`,
        one,
      ),
    ),
    ...balances.map((one) =>
      item(kindKey('balance', balanceKey(one)), `${one.venue} ${one.asset}`, one),
    ),
    ...orders.map((one) =>
      item(kindKey('order', orderKey(one)), `order ${one.clientOrderId} at ${one.venue}`, one),
    ),
    item('risk', 'risk', risk),
  ]);
}

function item(key: string, name: string, fields: Fields): [string, Item] {
  return [key, { name: cut(name), fields }];
}

function differenceOf(held: Item | undefined, expected: Item | undefined): string[] {
  if (held === undefined) return [`${expected?.name}: not held`];
  if (expected === undefined) return [`${held.name}: held, and not in the recovered state`];
  const names = new Set([...Object.keys(held.fields), ...Object.keys(expected.fields)]);
  const differing = [...names]
    .map((name) => ({ name, held: held.fields[name], expected: expected.fields[name] }))
    .filter((one) => figure(one.held) !== figure(one.expected))
    .map((one) => `${one.name} ${figure(one.held)}, expected ${figure(one.expected)}`);
  return differing.length === 0 ? [] : [`${held.name}: ${differing.join(', ')}`];
}

function figure(value: unknown): string {
  if (value === undefined) return 'none';
  return cut(typeof value === 'string' ? value : canonicalJson(value));
}

/** The engine's own words. */
function cut(text: string): string {
  return cutToBytes(printable(text), LONGEST_FIGURE);
}
