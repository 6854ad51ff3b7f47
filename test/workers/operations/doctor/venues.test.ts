/** What doctor says of real sandbox venues: keys, clocks, prices, and venues that do not answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../../../workers/config/schema.js';
import { createRig, type Rig } from '../../../sandbox/engine/rig.js';
import { configOf } from '../../config/rig-config.js';
import { lookAt, said } from './looking.js';

const VENUES = ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const;

function withPolicy(config: Config, change: Partial<Config['engines'][string]['policy']>): Config {
  const engines = Object.entries(config.engines).map(
    ([id, engine]) => [id, { ...engine, policy: { ...engine.policy, ...change } }] as const,
  );
  return { ...config, engines: Object.fromEntries(engines) };
}

function impatient(rig: Rig): Config {
  const config = configOf(rig);
  const venues = Object.entries(config.venues).map(
    ([name, venue]) => [name, { ...venue, timeoutMs: 500 }] as const,
  );
  return { ...config, venues: Object.fromEntries(venues) };
}

test('venues that answer, with keys that can cancel and cannot withdraw, are ok', async (t) => {
  const rows = await lookAt(configOf(await createRig(t)), ['reading', 'key_rights', 'clock']);
  for (const venue of VENUES) {
    const [read, ...others] = said(rows, ` ${venue}`);
    assert.match(
      read ?? '',
      /^ok it answers with these keys: \d+ open orders?, \d+ positions?, \d+ /,
    );
    assert.deepEqual(others.toSorted(), [
      'ok its clock and that of this host agree',
      'ok the key can cancel orders',
      'ok the key cannot withdraw',
    ]);
  }
});

test('a key that can withdraw is a fault, at each venue that tells it', async (t) => {
  const rig = await createRig(t);
  for (const venue of VENUES) {
    await rig.admin.setKeyRights({ venue, trade: true, withdraw: true });
  }
  const rows = await lookAt(configOf(rig), ['key_rights']);
  for (const venue of VENUES) {
    const row = rows.find((one) => one.subject?.endsWith(` ${venue}`) && one.verdict === 'fault');
    assert.match(row?.found ?? '', /can WITHDRAW/);
    assert.equal(
      row?.remedy,
      `make a key that cannot, name it in venues.${venue}, and delete this one`,
    );
  }
});

test('a key that cannot cancel is a fault where policy contains, else a warning', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setKeyRights({ venue: 'kraken', trade: false, withdraw: false });
  const of = async (config: Config) => said(await lookAt(config, ['key_rights']), ' kraken')[1];
  const config = configOf(rig);
  assert.equal(
    await of(config),
    'warning the key cannot cancel orders, which kill switch and recoveries do',
  );
  assert.equal(
    await of(withPolicy(config, { containment: 'cancel_own_orders' })),
    'fault the key cannot cancel orders, which containment, kill switch and recoveries do',
  );
});

test("the agent's own key is looked at too, by its own place in the configuration", async (t) => {
  const rig = await createRig(t);
  const config = { ...configOf(rig), host: 'engine-host' };
  const [engineId = '', engine] = Object.entries(config.engines)[0] ?? [];
  const { kraken } = config.venues;
  assert.ok(engine !== undefined && kraken !== undefined);
  const { apiKey, secret } = kraken;
  const containment = { byAgent: true, venues: { kraken: { apiKey, secret, password: null } } };
  await rig.admin.setKeyRights({ venue: 'kraken', trade: false, withdraw: true });
  const engines = { [engineId]: { ...engine, containment } };
  const rows = await lookAt({ ...config, engines }, ['key_rights']);
  const own = rows.filter(({ subject }) => subject === `${engineId} kraken of the agent`);
  assert.deepEqual(
    own.map(({ verdict }) => verdict),
    ['fault', 'fault'],
  );
  assert.match(own[0]?.remedy ?? '', /name it in engines\.\S+\.containment\.venues\.kraken, and/);
});

test('rights that were not told are unverified, and so is all of a venue that is away', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setFault({ venue: 'binance', endpoint: 'keyRights', kind: 'server-error' });
  await rig.admin.setFault({ venue: 'coinbase', endpoint: '*', kind: 'connection-reset-before' });
  const rows = await lookAt(configOf(rig), ['reading', 'key_rights', 'clock', 'prices']);
  assert.match(said(rows, ' binance').join('\n'), /^unverified what the key may do was not told/m);
  const away = said(rows, ' coinbase');
  assert.equal(away.length, 4);
  for (const line of away) assert.match(line, /^unverified /);
  assert.match(away.join('\n'), /no answer from 127\.0\.0\.1:\d+/);
});

test('a key that the venue refuses is a fault, with where it stands', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'revoked-key' });
  const [row] = (await lookAt(configOf(rig), ['reading'])).filter(
    ({ verdict }) => verdict !== 'ok',
  );
  assert.equal(row?.verdict, 'fault');
  assert.match(row.found, /it refuses the key .*check venues\.kraken\.apiKey and \.secret/);
});

test('a secret that is missing is told once, by its fields, and never its value', async (t) => {
  const rig = await createRig(t);
  const config = configOf(rig);
  const { kraken, coinbase } = config.venues;
  assert.ok(kraken !== undefined && coinbase !== undefined);
  const apiKey = { env: 'RELIGHT_TEST_NO_SUCH_VARIABLE' };
  const venues = {
    ...config.venues,
    kraken: { ...kraken, apiKey },
    coinbase: { ...coinbase, apiKey },
  };
  const names = ['secrets', 'reading', 'key_rights', 'clock', 'prices'] as const;
  const rows = await lookAt({ ...config, venues }, names);
  const lines = rows.filter(({ found }) => found.includes(apiKey.env));
  assert.deepEqual(
    lines.map(({ check, verdict }) => [check, verdict]),
    [['secrets', 'fault']],
  );
  assert.match(lines[0]?.found ?? '', /^venues\.coinbase\.apiKey, venues\.kraken\.apiKey: /);
  for (const venue of [' kraken', ' coinbase']) {
    const line = 'unverified not looked at: a secret of it is at fault';
    assert.deepEqual(said(rows, venue), [line, line, line, line]);
  }
  assert.match(said(rows, ' binance')[0] ?? '', /^ok it answers/);
});

test('a clock that is off is told, with how much', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setFault({
    venue: 'binance',
    endpoint: '*',
    kind: 'clock-skew',
    skewMs: -40_000,
  });
  const [line] = said(await lookAt(configOf(rig), ['clock']), ' binance');
  assert.match(
    line ?? '',
    /^warning the clock of this host is (?:39|40)\.\d s ahead of that of the venue$/,
  );
});

test('what has no price is told with the setting that declares it, before any night', async (t) => {
  const rig = await createRig(t);
  const config = configOf(rig);
  const [engineId = ''] = Object.keys(config.engines);
  const venue = 'kraken';
  await rig.admin.recordCashFlow({ venue, flow: 'other', asset: 'KFEE', amount: '100' });
  const rows = await lookAt(config, ['prices']);
  const [row] = rows.filter((one) => one.subject?.endsWith(` ${venue}`));
  assert.equal(row?.verdict, 'warning');
  assert.match(row.found, /no price for kraken KFEE: a recovery would ask/);
  assert.equal(
    row.remedy,
    `declare what is no exposure by engines.${engineId}.harmless: ["kraken|KFEE"]`,
  );
});

test('a venue that hangs holds up no other, and the whole ends in its time', async (t) => {
  const rig = await createRig(t);
  await rig.admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'timeout-before' });
  const began = performance.now();
  const patient = { ...configOf(rig) };
  const rows = await lookAt(patient, ['reading', 'clock'], { longestMs: 3_000 });
  assert.ok(performance.now() - began < 20_000);
  assert.deepEqual(said(rows, ' kraken'), [
    'unverified it did not end within 3 s',
    'unverified it did not end within 3 s',
  ]);
  for (const venue of ['binance', 'coinbase'])
    assert.match(said(rows, ` ${venue}`)[0] ?? '', /^ok /);
  await rig.admin.clearFaults();
  await rig.admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'timeout-before' });
  const [line] = said(await lookAt(impatient(rig), ['reading']), ' kraken');
  assert.match(line ?? '', /^unverified .*no answer/);
});
