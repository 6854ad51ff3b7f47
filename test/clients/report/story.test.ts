/** What a person must know first, and what proves it: warnings, positions, exposure, policy, notices, decisions. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { createPdfRenderer } from '../../../clients/report/index.js';
import { whyNo } from '../../needs.js';
import { emptyReport, richReport, withTables } from './sample-report.js';
import { line, resolution } from './sample-tables.js';

const needsPoppler = { skip: whyNo('pdftotext') };

/** Pages of text, of the rich report with this instead. */
async function pages(
  change: Partial<RecoveryRecord>,
  tables: Partial<ReturnType<typeof richReport>> = {},
): Promise<string[]> {
  const report = richReport();
  const changed = { ...report, record: { ...report.record, ...change }, ...tables };
  const pdf = await createPdfRenderer().render(changed);
  const options = { input: pdf, maxBuffer: 64 * 1024 * 1024 };
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], options).toString('utf8');
  return text.split('\f').map((page) => page.replaceAll(/\s+/g, ' '));
}

test('the first page says what is left for people, what protects first', needsPoppler, async () => {
  const warnings = [
    'stale order: binance BTC/USDT buy a at 1, mark 2 (50 % away)',
    'a checkpoint is old',
    'without stop orders: binanceusdm BTC/USDT:USDT 20.025: unprotected, stops cover 0',
    'NO LONGER PROTECTED: binanceusdm ETH/USDT:USDT 3: partly, stops cover 1',
  ];
  const killSwitch = { reason: 'fat finger', by: 'rita', atMs: 0 };
  const [first = ''] = await pages({ warnings, killSwitch });
  const order = ['Left for people', 'KILL SWITCH engaged by rita', 'NO LONGER PROTECTED'];
  order.push(
    'without stop orders',
    'a checkpoint is old',
    'stale order',
    'Not known:',
    'Ask kraken',
    'Summary',
  );
  const places = order.map((text) => first.indexOf(text));
  assert.ok(!places.includes(-1), `${places.join()} in ${first}`);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.match(first, /Kill switch ENGAGED by rita at 1970-01-01T00:00:00.000Z: fat finger/);
  const [calm = ''] = await pages({});
  assert.match(calm, /Kill switch not engaged/);
});

test('what the first page cuts is told whole at the end', needsPoppler, async () => {
  const warnings = Array.from({ length: 40 }, (_, index) => `warning number ${index}.`);
  const all = await pages({ warnings });
  assert.match(all[0] ?? '', /warning number 7\. .*and 32 more, at the end of this report/);
  assert.doesNotMatch(all[0] ?? '', /warning number 8\./);
  const rest = all.slice(1).join(' ');
  for (const warning of warnings) assert.ok(rest.includes(warning), warning);
});

test('nothing left is said, too', needsPoppler, async () => {
  const calm = { warnings: [], unknowns: [], followUps: [] };
  const { record } = withTables({ ...richReport(), lines: [line(0, 'match')] });
  const [first = ''] = await pages({ ...record, ...calm });
  assert.match(first, /Nothing: no warning, nothing unknown, and no manual follow-up/);
});

test('positions stand before and after, with mark and worth', needsPoppler, async () => {
  const text = (await pages({})).join(' ');
  assert.match(text, /BTC\/USDT:USDT 1200\.50000000 1201\.75000000 – 61234\.5 1,194,072\.75/);
  assert.match(text, /ETH\/USD:USD long 40\.125 10\.125 2044\.25/);
  const flat = { ...line(0, 'match'), internal: '0', exchange: '0.00' };
  assert.match((await pages({}, { lines: [flat] })).join(' '), /No position was held/);
});

test(
  'exposure has its limit and unit, and says when it is above or unknown',
  needsPoppler,
  async () => {
    const told = richReport().record.exposureMeasured;
    assert.ok(told);
    const [over = ''] = await pages({});
    assert.match(over, /Exposure 1,204,310\.55 of 1,000,000\.00 USDT or USD.*ABOVE the limit/);
    const [within = ''] = await pages({
      exposureMeasured: { ...told, limit: '1204310.5512345678' },
    });
    assert.doesNotMatch(within, /ABOVE/);
    const [unknown = ''] = await pages({ exposureMeasured: { ...told, unpriced: 2 } });
    assert.match(unknown, /2 without a price, so it is UNKNOWN/);
    const { exposureMeasured: _told, ...record } = richReport().record;
    assert.match((await pages({}, { record }))[0] ?? '', /Exposure 1204310\.5512345678/);
    assert.match((await pages({}, emptyReport()))[0] ?? '', /Exposure not measured/);
  },
);

test('orders have side and price, and those of earlier versions say so', needsPoppler, async () => {
  const { side: _side, price: _price, type: _type, ...earlier } = resolution(2);
  const resolutions = [resolution(0), { ...resolution(1), type: 'market' }, earlier];
  const text = (await pages({}, { resolutions })).join(' ');
  assert.match(text, /still open buy ETH\/USDT 2011\.0 12\.5/);
  assert.match(text, /partly filled sell ETH\/USDT market 12\.5/);
  assert.match(text, /filled – ETH\/USDT not known 12\.5/);
});

test('the policy in force is told whole, what people have set first', needsPoppler, async () => {
  const policy = RecoveryPolicy.parse({ risk: { maxExposure: '2500000', limits: { a: '7' } } });
  const rules = { digest: 'd1', latest: 'd2', changes: [{ atMs: 0, change: 'quorum 1 → 2' }] };
  const text = (await pages({ policy, rules })).join(' ');
  assert.match(text, /Setting In force Default/);
  assert.match(text, /risk\.maxExposure 2500000 1000000/);
  assert.match(text, /risk\.limits\.a 7 none/);
  assert.match(text, /At their defaults: .*heartbeat\.alarmMs 10 s/);
  assert.match(text, /\(percent 50, strategies low, soakMs 30 s, monitorMs 1 min\)/);
  assert.match(text, /Digest of policy and people: d1/);
  assert.match(text, /Changed while it ran, 1970-01-01T00:00:00.000Z: quorum 1 → 2/);
});

test('notices name the channels that took them, and those that did not', needsPoppler, async () => {
  const [notice] = richReport().record.notices ?? [];
  assert.ok(notice);
  const undelivered = [
    {
      dedupKey: notice.dedupKey,
      title: 't',
      channel: 'pager',
      why: '503',
      status: 'given_up' as const,
      sinceMs: 0,
    },
  ];
  const text = (await pages({ undelivered })).join(' ');
  assert.match(
    text,
    /warning One position differs by 1\.25 BTC log, webhook pager: given up \(503\)/,
  );
  assert.match(text, /Left for people .*Not told to everybody: pager was given up \(503\): "t"/);
  const calm = (await pages({ notices: [] })).join(' ');
  assert.match(calm, /None is in the record/);
  assert.doesNotMatch(calm, /Not told to everybody/);
});

test(
  'a decision stands with its roles, its check code and its place in the chain',
  needsPoppler,
  async () => {
    const [gate] = richReport().record.gates;
    const [said] = gate?.decisions ?? [];
    assert.ok(gate && said);
    const proof = { kind: 'ed25519' as const, publicKey: 'aa', signature: 'bb' };
    const kept = {
      proof,
      roles: ['risk'],
      shownHash: 'c0ffee00'.repeat(8),
      hash: 'feed'.repeat(16),
    };
    const text = (await pages({ gates: [{ ...gate, decisions: [{ ...said, ...kept }] }] })).join(
      ' ',
    );
    assert.match(text, /ed25519 over check code c0ffee00/);
    assert.ok(text.includes('feedfeedfeed'));
    assert.match((await pages({})).join(' '), /not kept/);
  },
);
