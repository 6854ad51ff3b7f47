/** What the kill switch goes by, of a configuration of which a part is not valid. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { loadConfig, readConfig } from '../../../../workers/config/load.js';
import { folderOf } from '../../../clients/host/processes.js';
import { writeEngines } from '../../processes/parts.js';

interface File {
  venues: Record<string, object>;
  engines: Record<string, object>;
  [section: string]: unknown;
}
type Change = (file: File) => void;

const changed = (id: string, changes: object) => (file: File) => {
  file.engines[id] = Object.assign(file.engines[id] ?? assert.fail(), changes);
};

function written(t: TestContext, change: Change): string {
  const path = writeEngines(folderOf(t), { alpha: {}, beta: {} });
  const file = parse(readFileSync(path, 'utf8')) as File;
  change(file);
  writeFileSync(path, stringify(file));
  return path;
}

const toStop = (path: string) => readConfig(path, { toStop: true });

const BROKEN: [what: string, change: Change, says: RegExp][] = [
  ['an unknown setting', changed('beta', { polcy: {} }), /beta\.polcy .*unknown setting/],
  ['a policy that is none', changed('beta', { policy: 'strict' }), /beta\.policy/],
  ['no prefix', changed('beta', { orderIdPrefix: undefined }), /beta\.orderIdPrefix.* is missing/],
  ['nothing at all', (file) => Object.assign(file.engines, { beta: null }), /must be settings/],
  ["the other's prefix at its beginning", changed('beta', { orderIdPrefix: 'al' }), /"alpha-"/],
  [
    "the other's control surface",
    changed('beta', {
      control: {
        kind: 'http',
        url: 'http://127.0.0.1:2',
        start: ['true'],
        workingFolder: '/tmp',
        logFile: '/tmp/log',
      },
    }),
    /control\.url is that of "alpha"/,
  ],
];

for (const [what, change, says] of BROKEN) {
  test(`an engine with ${what} is left out of a stop, and named; nothing else takes the file`, (t) => {
    const path = written(t, change);
    const { config, leftOut, warnings } = toStop(path);
    assert.deepEqual(Object.keys(config.engines), ['alpha']);
    assert.deepEqual(Object.keys(leftOut.engines), ['beta']);
    assert.match(leftOut.engines['beta'] ?? '', says);
    assert.match(warnings.join(), /engines\.beta is left out/);
    assert.throws(() => loadConfig(path), { name: 'ConfigError' });
  });
}

test('of two that claim one prefix neither is stopped by its orders', (t) => {
  const { leftOut } = toStop(written(t, changed('beta', { orderIdPrefix: 'alpha-' })));
  assert.deepEqual(Object.keys(leftOut.engines), ['alpha', 'beta']);
});

const VENUES: [what: string, change: Change, says: RegExp][] = [
  [
    'without a key',
    (file) => (file.venues['binance'] = { ccxt: 'binance', instruments: ['BTC/USDT'] }),
    /binance\.apiKey/,
  ],
  ['that is not there', () => undefined, /not under venues/],
];

for (const [what, change, says] of VENUES) {
  test(`a venue ${what} is left out of its engine alone`, (t) => {
    const prefix = { binance: ['al-'], kraken: ['al-'] };
    const both = changed('alpha', { venues: ['binance', 'kraken'], orderIdPrefix: prefix });
    const path = written(t, (file) => {
      both(file);
      change(file);
    });
    const { config, leftOut } = toStop(path);
    assert.deepEqual(Object.keys(config.engines), ['alpha', 'beta']);
    assert.deepEqual(config.engines['alpha']?.venues, ['kraken']);
    assert.deepEqual(Object.keys(leftOut.venues), ['alpha']);
    const [one] = leftOut.venues['alpha'] ?? [];
    assert.equal(one?.venue, 'binance');
    assert.match(one.why, says);
  });
}

test('an engine goes on without any venue where its only one is left out', (t) => {
  const path = written(t, (file) => void (file.venues['kraken'] = { ccxt: 'kraken' }));
  const { config, leftOut } = toStop(path);
  assert.deepEqual(leftOut.engines, {});
  assert.deepEqual(
    Object.values(config.engines).map(({ venues }) => venues),
    [[], []],
  );
  assert.deepEqual(Object.keys(leftOut.venues), ['alpha', 'beta']);
});

test('channels and people are none of a stop; what is of no engine is a fault of the whole', (t) => {
  const channel = (file: File) => void (file['notify'] = [{ kind: 'pigeon' }]);
  assert.deepEqual(Object.keys(toStop(written(t, channel)).config.engines), ['alpha', 'beta']);
  const whole = written(t, (file) => {
    changed('beta', { polcy: {} })(file);
    file['dataDir'] = 7;
  });
  assert.throws(() => toStop(whole), /dataDir/);
  const open = written(t, (file) => {
    file.venues['kraken'] = { ...file.venues['kraken'], url: 'http://venue.example' };
  });
  assert.throws(() => toStop(open), /in the clear/);
});
