/** Whose orders are ours: prefixes by venue, and those that everybody has who uses some library. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { stringify } from 'yaml';
import { readConfig } from '../../../workers/config/load.js';
import {
  isOursByName,
  nameWithoutClientId,
  type OrderIdPrefix,
} from '../../../workflows/domain/orders/names.js';
import { sharedPrefixOf } from '../../../workflows/domain/orders/shared-prefixes.js';
import { folderOf } from '../../clients/host/processes.js';
import { example, refusalWith } from './load-text.js';

const FIELD = ['engines', 'alpha', 'orderIdPrefix'] as const;
const VENUES = (example()['engines'] as { alpha: { venues: string[] } }).alpha.venues;

function warningsWith(t: TestContext, prefix: unknown): string[] {
  const data = example() as { engines: { alpha: { orderIdPrefix: unknown } } };
  data.engines.alpha.orderIdPrefix = prefix;
  const path = join(folderOf(t), 'relight.yaml');
  writeFileSync(path, stringify(data, { aliasDuplicateObjects: false }), { mode: 0o600 });
  return readConfig(path).warnings;
}

const BY_VENUE: OrderIdPrefix = { binance: ['bn-', 'x-ours'], kraken: ['kr-'] };

const OWNERS: readonly [prefix: OrderIdPrefix, venue: string, id: string, isOurs: boolean][] = [
  ['rl-', 'binance', 'rl-1', true],
  ['rl-', 'kraken', 'rl-1', true],
  ['rl-', 'binance', 'RL-1', false],
  ['rl-', 'binance', 'xrl-1', false],
  [BY_VENUE, 'binance', 'bn-1', true],
  [BY_VENUE, 'binance', 'x-ours7', true],
  [BY_VENUE, 'binance', 'kr-1', false],
  [BY_VENUE, 'kraken', 'kr-1', true],
  [BY_VENUE, 'kraken', 'bn-1', false],
  [BY_VENUE, 'coinbase', 'bn-1', false],
  [BY_VENUE, 'toString', 'bn-1', false],
  ['v', 'binance', nameWithoutClientId('7'), false],
  [{ binance: ['v'] }, 'binance', nameWithoutClientId('7'), false],
];

for (const [prefix, venue, clientOrderId, isOurs] of OWNERS) {
  const whose = isOurs ? 'ours' : 'not ours';
  test(`"${clientOrderId}" at ${venue} is ${whose} by ${JSON.stringify(prefix)}`, () => {
    assert.equal(isOursByName({ venue, clientOrderId }, prefix), isOurs);
  });
}

const SHARED: readonly [prefix: string, whose: string | null][] = [
  ['x-TKT5PX2F', 'ccxt'],
  ['x-cvBPrNm9', 'ccxt'],
  ['x-', 'ccxt'],
  ['x', 'ccxt'],
  ['CCXT', 'ccxt'],
  ['x-HNA2TXFJ', 'python-binance'],
  ['x-MG43PCSN', 'Hummingbot'],
  ['x-TD67BGP9', 'NautilusTrader'],
  ['t-', 'Gate'],
  ['web_', 'web pages of venues'],
  ['x-TKT5PX2Fdesk', null], // behind the broker id it is the engine's own
  ['rl-', null],
  ['alpha-', null],
];

test('a prefix that begins the orders of everybody who uses a library is known', () => {
  for (const [prefix, whose] of SHARED) assert.equal(sharedPrefixOf(prefix), whose, prefix);
});

test('it is warned of when the configuration is loaded, whichever venue it is for', (t) => {
  assert.deepEqual(warningsWith(t, 'al-'), []);
  const [everywhere = '', ...none] = warningsWith(t, 'x-TKT5PX2F');
  assert.match(everywhere, /engines\.alpha\.orderIdPrefix "x-TKT5PX2F" begins the orders of ccxt/);
  assert.match(everywhere, /Give the engine a prefix of its own$/);
  assert.deepEqual(none, []);
  const byVenue = Object.fromEntries(VENUES.map((venue) => [venue, [`${venue.slice(0, 2)}-`]]));
  const [first = ''] = VENUES;
  assert.deepEqual(warningsWith(t, byVenue), []);
  const shared = warningsWith(t, { ...byVenue, [first]: ['own-', 'x-HNA2TXFJ', 'hbot'] });
  assert.equal(shared.length, 2);
  assert.match(shared[0] ?? '', /"x-HNA2TXFJ" begins the orders of python-binance/);
  assert.match(shared[1] ?? '', /"hbot" begins the orders of Hummingbot/);
});

test('by venue, each of its venues has prefixes, and no other', () => {
  const [first = '', ...others] = VENUES;
  const all = Object.fromEntries(VENUES.map((venue) => [venue, ['al-']]));
  const said = (value: unknown) => refusalWith(FIELD, value).join('\n');
  assert.equal(said(all), '');
  assert.match(said({ ...all, elsewhere: ['al-'] }), /names "elsewhere", which is not one of its/);
  const without = Object.fromEntries(others.map((venue) => [venue, ['al-']]));
  assert.match(said(without), new RegExp(`has none for ${first}: add a list of prefixes`));
  assert.notEqual(said({ ...all, [first]: [] }), '');
  assert.match(said({ ...all, [first]: ['venue:1'] }), /begins like the name of an order/);
});
