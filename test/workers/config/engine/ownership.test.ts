/** By which mark an order is taken for the engine's: what a configuration may say of it, and what it means. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { chooseOwn, ownedBy } from '../../../../activities/procedures/own-orders.js';
import { isOursByName, nameWithoutClientId } from '../../../../workflows/domain/orders/names.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { ownershipOf } from '../../../../workers/operations/stopping/clear-venue.js';
import { order } from '../../../workflows/domain/builders.js';
import { example, refusal } from '../load-text.js';

type Settings = Record<string, unknown>;
type Example = { engines: Record<string, Settings>; venues: Record<string, Settings> };

function textWith(ownership: unknown, exclusive: readonly string[] = [], change: Settings = {}) {
  const data = example() as Example;
  const { orderIdPrefix: _none, ...alpha } = data.engines['alpha'] ?? {};
  data.engines['alpha'] = { ...alpha, ownership, ...change };
  for (const name of exclusive) data.venues[name] = { ...data.venues[name], exclusive: true };
  return stringify(data, { aliasDuplicateObjects: false });
}

function configOf(text: string, toStop = false) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-ownership-'));
  try {
    const path = join(folder, 'relight.yaml');
    writeFileSync(path, text, { mode: 0o600 });
    return loadConfig(path, { toStop });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const at = (venue: string, clientOrderId: string) =>
  order({ venue, clientOrderId, venueOrderId: `v-${clientOrderId}` });
const marked = at('binance', 'al-1');
const strange = at('binance', 'others-1');
const unnamed = at('binance', nameWithoutClientId('77'));
const usdm = at('binanceusdm', 'x-1');

const BOTH = ['binance', 'binanceusdm'];

for (const [title, ownership, exclusive, ours] of [
  [
    'prefixes',
    { kind: 'prefix', prefixes: { binance: ['al-'], binanceusdm: ['x-'] } },
    [],
    'al-1 x-1',
  ],
  ['the whole account', { kind: 'account' }, BOTH, 'al-1 others-1 venue:77 x-1'],
  ['what the engine names', { kind: 'engine' }, [], ''],
] as const) {
  test(`by ${title}`, () => {
    const mark = configOf(textWith(ownership, exclusive)).engines['alpha']?.orderIdPrefix ?? '';
    const all = [marked, strange, unnamed, usdm].filter((each) => isOursByName(each, mark));
    assert.equal(all.map(({ clientOrderId }) => clientOrderId).join(' '), ours);
  });
}

test('a stop takes what the mark says, and by an engine that names its orders what its book has', () => {
  const place = { venue: 'binance', account: 'main' };
  const open = {
    orders: [marked, strange, unnamed],
    protective: new Set<never>(),
    notUnderstood: [],
    unread: [],
  };
  const named = (mark: Record<string, string[]>, book = [] as (typeof marked)[]) => {
    const chosen = chooseOwn(place, open, { prefix: mark, known: ownedBy(book) });
    return chosen.toCancel.map(({ clientOrderId }) => clientOrderId).join(' ');
  };
  assert.equal(named({ binance: [''] }), 'al-1 others-1 venue:77');
  assert.equal(named({ binance: [] }), '');
  assert.equal(named({ binance: [] }, [strange]), 'others-1');
});

test('an account that others may use is refused; a stop touches only what is known, and says so', async () => {
  const text = textWith({ kind: 'account' }, ['binance']);
  assert.match(
    refusal(text).join('\n'),
    /engines\.alpha\.ownership is the whole account, and venues\.binanceusdm\.exclusive is not true/,
  );
  const config = configOf(text, true);
  const mark = config.engines['alpha']?.orderIdPrefix;
  assert.deepEqual(mark, { binance: [''], binanceusdm: [] });
  const whose = { engineId: 'alpha', cancelProtective: false, adoptedElsewhere: null, live: [] };
  const { doubt } = await ownershipOf(config, whose);
  assert.match(doubt ?? '', /binanceusdm is not exclusive: only what is known to be its own/);
});

test('an engine that names its orders itself and tells none now may leave some, which is said', async () => {
  const config = configOf(textWith({ kind: 'engine' }), true);
  const whose = { engineId: 'alpha', cancelProtective: false, adoptedElsewhere: null };
  const told = await ownershipOf(config, { ...whose, live: [marked] });
  assert.equal(told.doubt, null);
  const open = { orders: [strange], protective: new Set<never>(), notUnderstood: [], unread: [] };
  const place = { venue: 'binance', account: 'main' };
  const named = await ownershipOf(config, { ...whose, live: [strange] });
  const chosen = ({ ownership }: typeof named) => chooseOwn(place, open, ownership).toCancel;
  assert.deepEqual(
    [chosen(told), chosen(named)],
    [[], [strange]],
    'what it has just named is its own',
  );
  const silent = await ownershipOf(config, { ...whose, live: [] });
  assert.match(silent.doubt ?? '', /names its orders itself and told none now/);
});

test('an agent that contains by names is refused where the engine alone names its orders', () => {
  const key = { apiKey: { env: 'AGENT_KEY' }, secret: { env: 'AGENT_SECRET' } };
  const said = (ownership: unknown, byAgent = true) => {
    const containment = { byAgent, venues: { binance: key } };
    return refusal(textWith(ownership, [], { containment })).slice(1);
  };
  assert.deepEqual(said({ kind: 'engine' }), [
    'engines.alpha.containment.byAgent is true, which finds orders by their names alone, and ownership.kind is ' +
      'engine: write ownership: {kind: prefix, prefixes: {VENUE: [PREFIX]}}, or byAgent: false',
  ]);
  // Either remedy, as it is told.
  assert.deepEqual(said({ kind: 'engine' }, false), []);
  const prefixes = { binance: ['al-'], binanceusdm: ['x-'] };
  assert.deepEqual(said({ kind: 'prefix', prefixes }), []);
});

test('two marks, no mark, and one account for two engines are refused', () => {
  const account = { kind: 'account' };
  assert.match(
    refusal(textWith(account, BOTH, { orderIdPrefix: 'al-' })).join('\n'),
    /orderIdPrefix and ownership both say which orders are its own/,
  );
  assert.match(
    refusal(textWith(undefined)).join('\n'),
    /alpha\.orderIdPrefix is missing: .* or see ownership/,
  );
  const data = example() as Example;
  const { orderIdPrefix: _none, ...alpha } = data.engines['alpha'] ?? {};
  data.engines['beta'] = { ...alpha, ownership: account };
  for (const name of BOTH) data.venues[name] = { ...data.venues[name], exclusive: true };
  assert.match(
    refusal(stringify(data, { aliasDuplicateObjects: false })).join('\n'),
    /engines\.beta\.ownership is the whole account at binance, and "alpha" trades there too/,
  );
});
