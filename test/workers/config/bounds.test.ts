/** Every value has a range that makes sense, and what contradicts itself is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { example, refusal, refusalWith } from './load-text.js';
import { stringify } from 'yaml';

const policy = (...path: (string | number)[]) => ['engines', 'alpha', 'policy', ...path];
const checkpoints = (...path: string[]) => ['engines', 'alpha', 'checkpoints', ...path];
const control = (...path: string[]) => ['engines', 'alpha', 'control', ...path];
const stage = (percent: number, strategies = 'all') => ({
  percent,
  strategies,
  soakMs: 0,
  monitorMs: 0,
});

const REFUSED: readonly [path: (string | number)[], value: unknown, why: RegExp][] = [
  [policy('risk', 'maxExposure'), '-5', /"-5" must be above 0/],
  [policy('risk', 'maxExposure'), '0', /"0" must be above 0/],
  [policy('risk', 'maxExposure'), '-0.0', /must be above 0/],
  [policy('risk', 'maxExposure'), 1_000_000, /1000000 must be text, in quotes/],
  [policy('risk', 'maxExposure'), '9'.repeat(41), /has 41 characters/],
  [policy('risk', 'maxExposure'), '1e400', /must be a decimal number/],
  [policy('risk', 'maxExposure'), '١', /must be a decimal number/],
  [policy('risk', 'limits'), { maxDailyLoss: '-1' }, /maxDailyLoss.*must be above 0/],
  [policy('risk', 'limits'), { 'a|b': '1' }, /holds "\|"/],
  [policy('risk', 'limits'), { '\u001b[2K': '1' }, /nobody sees/],
  [policy('market', 'maxVolatility'), '0', /must be above 0/],
  [policy('market', 'maxVolatility'), '999', /must be at most 10/],
  [policy('market', 'windowMs'), 0, /must be at least 1/],
  [policy('orders', 'staleDeviation'), '-0.05', /must be above 0/],
  [policy('reconciliation', 'tolerance'), '-0.1', /must not be below 0/],
  [policy('reconciliation', 'dustNotional'), '-1', /must not be below 0/],
  [policy('checkpoint', 'absurdQuantity'), '0', /must be above 0/],
  [policy('checkpoint'), { freshMs: 2, oldMs: 1 }, /freshMs 2 must not be above oldMs 1/],
  [checkpoints('shadow', 'everyMs'), 999, /shadow\.everyMs.*999 must be at least 1000/],
  [checkpoints('shadow', 'everyMs'), 600_001, /600001 must be at most 600000/],
  [checkpoints('shadow', 'keep'), 1, /shadow\.keep.*1 must be at least 2/],
  [checkpoints('shadow', 'keep'), 501, /501 must be at most 500/],
  [checkpoints('kind'), 'shadows', /kind.*must be engine, shadow or none|"shadows"/],
  [
    checkpoints('kind'),
    'shadow',
    /written .* says that the engine writes checkpoints, and kind shadow that/,
  ],
  [
    checkpoints(),
    { kind: 'engine', recovered: '/r' },
    /kind engine needs a folder to read: set written, or write kind: shadow/,
  ],
  [checkpoints('kind'), 'none', /and kind none that it does not: leave one of them out/],
  [
    checkpoints(),
    { kind: 'none', recovered: '/r', shadow: {} },
    /shadow is of no use, because kind is none: leave it out/,
  ],
  [policy('heartbeat'), { healthyMs: 5, alarmMs: 5 }, /healthyMs 5 must be below alarmMs 5/],
  [policy('crashLoop', 'maxCrashes'), 1e9, /must be at most 1000/],
  [policy('crashLoop', 'sameBugMs'), 2_592_000_001, /must be at most 2592000000/],
  [policy('health', 'settleMs'), 2_678_400_001, /must be at most 2678400000/],
  [policy('deadManSwitchMs'), 2 ** 31, /must be at most 86400000/],
  [policy('gates', 'expiresAfterMs'), 0, /0 must be at least 1/],
  [policy('gates', 'quorum'), 101, /must be at most 100/],
  [policy('gates', 'roles'), ['ops', 'ops'], /roles\[1\].*stands there twice/],
  [policy('gates', 'roles'), ['ops\n'], /is no name that everybody reads the same/],
  [policy('gates', 'roles'), ['nobody'], /need 1 approver of role nobody, and 0/],
  [policy('gates', 'quorum'), 3, /need 3 approvers of role ops or risk, and 2/],
  [
    policy('gates'),
    { remindAfterMs: 5_000, expiresAfterMs: 5_000 },
    /remindAfterMs 5000 must be below expiresAfterMs 5000/,
  ],
  [policy('automaticCauses'), ['hang', 'hang'], /stands there twice/],
  [policy('ramp', 'stages'), [stage(100)], /stages\[0\]\.percent 100 is no ramp/],
  [policy('ramp', 'stages'), [stage(75), stage(50)], /percent 50 must be above the 75/],
  [policy('ramp', 'stages'), [stage(50), stage(50)], /percent 50 must be above the 50/],
  [policy('ramp', 'stages'), [stage(50), stage(101)], /101 must be at most 100/],
  [policy('ramp', 'stages'), [stage(50), stage(75, 'low')], /strategies low must not be less/],
  [policy('ramp', 'stages'), [], /must have at least 1 entries/],
  [policy('ramp', 'stages'), Array(21).fill(stage(1)), /must have at most 20 entries/],
  [policy('containment'), 'nne', /"nne" must be one of .*did you mean none\?/],
  [['engines', 'alpha', 'baseline'], { 'binance|BTC': '9'.repeat(101) }, /at most 100 characters/],
  [['engines', 'alpha', 'venues'], ['binance', 'binance'], /stands there twice/],
  [['engines', 'alpha', 'cashAssets'], ['US D'], /name of the asset holds a blank/],
  [['engines', 'alpha', 'orderIdPrefix'], 'x'.repeat(33), /at most 32 fit/],
  [['engines', 'alpha', 'liveness', 0, 'socket'], `/${'x'.repeat(107)}`, /takes 108 bytes/],
  [['engines', 'alpha', 'liveness', 2, 'everyMs'], 0, /must be at least 1/],
  [['engines', 'alpha', 'forensics', 'coreFolder'], 'a\0b', /control character/],
  [control('url'), 'file:///etc/passwd', /is no address of a server/],
  [control('url'), 'unix:/run/x', /is no address of a server/],
  [control('url'), 'http://', /is no address of a server/],
  [control('url'), 'http://ops:x@127.0.0.1:8080', /holds a user or a password/],
  [control('url'), 'http://ops@127.0.0.1:8080', /holds a user or a password/],
  [control('url'), 'http://127.0.0.1:8080?token=x', /holds a query/],
  [control('timeoutMs'), 2 ** 31, /must be at most 600000/],
  [control('start'), [], /must have at least 1 entries/],
  [control('start'), [''], /write the program first/],
  [control('environment'), { 'A=B': 'x' }, /no name of an environment variable/],
  [control('environment'), { RELIGHT_ENGINE: 'x' }, /sets RELIGHT_ENGINE/],
  [control('environment'), { RELIGHT_INSTALLATION: 'x' }, /sets RELIGHT_INSTALLATION/],
  [['venues', 'binance', 'url'], 'http://venue.example', /in the clear: use https/],
  [['venues', 'binance', 'url'], 'ftp://venue.example', /is no address of a server/],
  [['venues', 'binance', 'instruments'], ['BTC/USDT', 'BTC/USDT'], /stands there twice/],
  [['venues', 'binance', 'instruments'], ['BTC|USDT'], /holds "\|"/],
  [['venues', 'binance', 'instruments'], ['x'.repeat(65)], /at most 64 fit/],
  [['venues', 'binance', 'timeoutMs'], 0, /must be at least 1/],
  [['venues', 'binance', 'budget', 'maxWaitMs'], 600_001, /must be at most 600000/],
  [['temporal', 'address'], 'temporal.internal', /write host:port/],
  [['temporal', 'address'], 'http://temporal:7233', /write host:port/],
  [['temporal', 'address'], 'temporal:70000', /write host:port/],
  [['temporal', 'apiKey'], { env: 'KEY' }, /in the clear: set temporal\.tls to true/],
  [['temporal', 'namespace'], 'a b', /must be a namespace/],
  [['temporal', 'embedded', 'port'], 0, /must be at least 1/],
  [['temporal', 'embedded', 'uiPort'], 65_536, /must be at most 65535/],
  [['notify', 0, 'name'], 'on\u202ecall', /nobody sees/],
  [['approvers', 0, 'name'], 'm'.repeat(65), /at most 64 fit/],
  [['approvers', 0, 'name'], ' mei', /is no name that everybody reads the same/],
  [['dataDir'], '', /is empty/],
  [['dataDir'], 'x'.repeat(4_097), /at most 4096 fit/],
];

for (const [path, value, why] of REFUSED) {
  test(`${path.join('.')}: ${JSON.stringify(value).slice(0, 60)} is refused`, () => {
    const lines = refusalWith(path, value);
    assert.match(lines.slice(1).join('\n'), why);
    assert.ok(lines.every((line) => line.length < 400));
  });
}

const ACCEPTED: readonly [path: (string | number)[], value: unknown][] = [
  [policy('gates'), { expiresAfterMs: 40_000 }],
  [policy('reconciliation', 'tolerance'), '0'],
  [policy('ramp', 'stages'), [stage(10, 'low'), stage(20, 'low'), stage(100)]],
  [policy('health', 'settleMs'), 2_678_400_000],
  [control('url'), 'https://engines.example/alpha/'],
  [control('url'), 'http://engines.example/'],
  [['venues', 'binance', 'url'], 'http://sandbox:8081'],
  [['engines', 'alpha', 'baseline'], { 'binance|BTC': '-2.5' }],
  [['approvers', 0, 'name'], 'Mei Lín'],
  [['temporal', 'address'], '[::1]:7233'],
];

for (const [path, value] of ACCEPTED) {
  test(`${path.join('.')}: ${JSON.stringify(value).slice(0, 60)} is accepted`, () => {
    assert.deepEqual(refusalWith(path, value), []);
  });
}

test('an engine on another machine is commanded with a token or not at all', () => {
  const said = (url: string) => {
    const data = example() as { engines: { alpha: { control: Record<string, unknown> } } };
    data.engines.alpha.control['url'] = url;
    data.engines.alpha.control['token'] = null;
    return refusal(stringify(data)).slice(1).join('\n');
  };
  assert.match(said('http://10.0.0.7:8080'), /another machine without a token.* and use https$/);
  assert.match(said('https://engine.example'), /another machine without a token/);
  assert.match(said('http://127.0.0.1.evil.example'), /another machine without a token/);
  for (const own of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080']) {
    assert.equal(said(own), '');
  }
});

test('two engines never share a socket, a heartbeat, a folder to boot from or a control surface', () => {
  const data = example() as { engines: Record<string, object> };
  data.engines['beta'] = { ...data.engines['alpha'], orderIdPrefix: 'be-' };
  const lines = refusal(stringify(data, { aliasDuplicateObjects: false }));
  assert.match(lines[1] ?? '', /engines\.beta\.liveness\.socket is that of "alpha" too/);
  assert.equal(lines.length, 2);
});
