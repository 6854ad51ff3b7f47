/** The printed report: what it says, that it is stable, and that no record can break it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { RecoveryReport } from '../../../workflows/domain/record.js';
import { createPdfRenderer } from '../../../clients/report/index.js';
import { whyNo } from '../../needs.js';
import { emptyReport, longReport, richReport, withTables } from './sample-report.js';
import { adjustment, forcedLine, line, resolution, wideLine } from './sample-tables.js';

const needsPoppler = { skip: whyNo('pdftotext') };

const render = (report: RecoveryReport) => createPdfRenderer().render(report);

function textOf(pdf: Uint8Array): string {
  const options = { input: pdf, maxBuffer: 64 * 1024 * 1024 };
  return execFileSync('pdftotext', ['-layout', '-', '-'], options).toString('utf8');
}

function bytesAsText(pdf: Uint8Array): string {
  return Buffer.from(pdf).toString('latin1');
}

test('is a tagged PDF with title and language', async () => {
  for (const report of [emptyReport(), richReport()]) {
    const pdf = bytesAsText(await render(report));
    assert.match(pdf, /^%PDF-1\.7/);
    assert.match(pdf, /%%EOF\s*$/);
    assert.match(pdf, /\/Lang \(en\)/);
    assert.match(pdf, /\/Marked true/);
    assert.match(pdf, /\(Recovery of mm-1, incident inc-0001\)/);
    assert.match(pdf, /\/S \/Document/);
  }
});

test('the plot is a figure with its content as alt text', async () => {
  const pdf = bytesAsText(await render(richReport()));
  assert.match(pdf, /\/S \/Figure/);
  assert.match(
    pdf,
    /\/Alt \(Timeline in seconds since the crash was detected at 2025-03-14T03:12:07/,
  );
  assert.match(pdf, /Gate: discrepancies, open from 16\.0 s for 2 min 24 s, approved/);
  assert.match(pdf, /Position limits: 25 % at 212\.0 s, 50 % at 272\.0 s, 100 % at 332\.0 s/);
});

test('the same report gives the same bytes, whenever it is printed', async (t) => {
  const first = await render(richReport());
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2031, 0, 1) });
  const later = await render(richReport());
  assert.deepEqual(Buffer.from(later), Buffer.from(first));
  assert.match(bytesAsText(first), /\(D:20250314031841Z\)/);
});

test('another record gives other bytes', async () => {
  const report = richReport();
  const other = { ...report, record: { ...report.record, epoch: 4 } };
  assert.notDeepEqual(Buffer.from(await render(other)), Buffer.from(await render(report)));
});

test('says what happened', needsPoppler, async () => {
  const text = textOf(await render(richReport())).replaceAll(/\s+/g, ' ');
  for (const expected of [
    'Recovered',
    'Duration 6 min 34 s',
    'Segfault (certain): core of signal 11 Signature segfault:onTick:0123456789ab The third time in a week; last on',
    'Checkpoint 88121.ckpt, 4.2 s old: newest that verifies',
    '2 unexplained, 1 unknown, 0 dust, 3 explained by fills or cash flows, 2 matching',
    '7 fills and 1 cash flow since the checkpoint',
    'krakenfutures ETH/USD:USD long 30',
    'has no stop order any more',
    'Discrepancies: approved (alice: approve)',
    'Equal: instance mm-1-b02 loaded the same digest',
    '2025-03-14T03:12:22.382Z',
    '2 figures match and are not listed',
    'ticket OPS-4411',
    '1 collected, 1 missing',
    'Ask kraken for the order history',
    'pid 4711, epoch 3, build 2.8.1+g1f2e',
    'Page 1 of 5',
  ]) {
    assert.ok(text.includes(expected), `"${expected}" is missing in:\n${text}`);
  }
});

/** Cells of each line of the page; a number and the word beside it may stand too close to part. */
function rowsOf(text: string): string[][] {
  return text.split('\n').map((row) => row.trim().split(/ {2,}/));
}

test('a discrepancy has its lots, its worth and what flows explain', needsPoppler, async () => {
  const lines = [{ ...wideLine(), internal: '1', exchange: '2' }];
  const rows = rowsOf(textOf(await render(withTables({ ...richReport(), lines }))));
  assert.ok(
    rows.some((cells) => cells.join(' ').endsWith('By fills By flows Unexplained In lots Worth')),
  );
  const figures = ['1', '2', '-1.25000001', '0.50000001', '-0.00012345', '-1.75'];
  const row = rows.find(([verdict]) => verdict === 'unexplained');
  assert.deepEqual(row, ['unexplained', 'BTC', ...figures, '-175000000', '-1,067,512.35']);
});

test('a figure is in lots and worth nothing known where neither is', needsPoppler, async () => {
  const text = textOf(await render(withTables({ ...richReport(), lines: [line(1, 'unknown')] })));
  const row = rowsOf(text).find(([verdict]) => verdict === 'unknown');
  const unknown = 'not known';
  assert.deepEqual(row?.slice(3), [unknown, unknown, '0', '0', unknown, unknown, unknown]);
});

test(
  'a close by force stands first, and is listed even where all matches',
  needsPoppler,
  async () => {
    const bad = line(1, 'unexplained');
    for (const verdict of ['explained', 'match'] as const) {
      const lines = [bad, { ...forcedLine(), verdict }];
      const text = textOf(await render(withTables({ ...richReport(), lines })));
      const [, table = ''] = text.split('Discrepancies\n');
      assert.match(table, /0 figures match and are not listed/);
      assert.match(table, /FORCED: the/);
      assert.ok(table.indexOf('FORCED') < table.search(/^ *unexplained /m), 'it comes first');
    }
    const calm = textOf(await render(withTables({ ...richReport(), lines: [bad] })));
    assert.match(calm, /no liquidation and no deleveraging was seen/);
    assert.doesNotMatch(calm, /FORCED/);
  },
);

test('entry prices that differ are listed with both prices', needsPoppler, async () => {
  const [, after = ''] = textOf(await render(richReport())).split('Entry prices\n');
  const row = rowsOf(after).find(([item]) => item === 'ETH/USD:USD long');
  assert.equal(row?.slice(1).join(' '), '2011.5 2044.25 0.01602054 explained');
  const calm = textOf(await render(withTables({ ...richReport(), lines: [line(0, 'match')] })));
  assert.match(calm, /No entry price differs/);
});

test('adjustments say what was taken over, at which price and why', needsPoppler, async () => {
  const adjustments = [
    adjustment({ price: '61234.5' }),
    adjustment({ kind: 'balance', item: 'USDT', price: null, entryFrom: null, entryTo: null }),
  ];
  const text = textOf(await render({ ...richReport(), adjustments }));
  const [, after = ''] = text.split('Adjustments\n');
  const rows = rowsOf(after);
  const row = (name: string) => rows.find(([item]) => item === name)?.join(' ');
  const amounts = '1203.5 1204.75 1.25';
  const why = 'no fill or cash flow';
  const prices = '61234.5 60000.5 60001.78049';
  assert.equal(row('BTC/USDT:USDT'), `BTC/USDT:USDT ${amounts} ${prices} ${why}`);
  assert.equal(row('USDT'), `USDT ${amounts} – – – ${why}`);
  const calm = textOf(await render({ ...richReport(), adjustments: [] }));
  assert.match(calm, /None: fills and cash flows account for all that was taken over/);
});

test('an almost empty record says what is missing in every section', needsPoppler, async () => {
  const text = textOf(await render(emptyReport()));
  for (const expected of [
    'Still running when this was printed',
    'not analysed',
    'No gate was opened',
    'No step was recorded',
    'The positions were not reconciled',
    'No evidence was collected',
    'No crash report is in the record',
  ]) {
    assert.ok(text.includes(expected), `"${expected}" is missing in:\n${text}`);
  }
});

test('different digests are never called equal', needsPoppler, async () => {
  const report = richReport();
  const checkpoint = report.record.recoveredCheckpoint;
  assert.ok(checkpoint);
  const withDigest = (engineDigest: string | null) => ({
    ...report,
    record: { ...report.record, recoveredCheckpoint: { ...checkpoint, engineDigest } },
  });
  const other = textOf(await render(withDigest('00'.repeat(32))));
  assert.match(other, /NOT EQUAL: instance mm-1-b02 loaded/);
  const silent = textOf(await render(withDigest(null)));
  assert.match(silent, /did not report a digest: not compared/);
  assert.doesNotMatch(other + silent, /Equal: instance/);
});

test('10,000 figures and orders stay within the cap, the doubtful first', async (t) => {
  const started = performance.now();
  const pdf = await render(longReport());
  assert.ok(performance.now() - started < 15_000, 'slow');
  assert.ok(pdf.byteLength < 2_000_000, `${pdf.byteLength} bytes`);
  if (needsPoppler.skip !== false) return t.diagnostic(`text not checked: ${needsPoppler.skip}`);
  const text = textOf(pdf);
  assert.equal(text.match(/and 9800 more in the JSON record/g)?.length, 3);
  assert.equal(text.match(/^ *unexplained /gm)?.length, 1);
  assert.match(text, /the-one-unknown/);
  assert.ok(text.indexOf('the-one-unknown') < text.indexOf('open-0'), 'unknown comes first');
  assert.ok((text.match(/Client order id/g)?.length ?? 0) > 3, 'the head is repeated');
});

test('no number is elided, however long', needsPoppler, async () => {
  const internal = `-${'9'.repeat(40)}.${'123456789'.repeat(4)}`;
  const report = { ...richReport(), lines: [{ ...line(0, 'unexplained'), internal }] };
  const digits = textOf(await render(withTables(report))).replaceAll(/[^\d.…]/g, '');
  assert.equal(
    digits.match(/9/g)?.length ?? 0,
    count9(textOf(await render(baseline(report)))) + 2 * 44, // among the positions, too
  );
  assert.ok(!/9…/.test(digits));
});

const count9 = (text: string) => text.match(/9/g)?.length ?? 0;

/** The same report with no digit 9 in that one number. */
function baseline(report: RecoveryReport): RecoveryReport {
  const lines = report.lines.map((one) => ({ ...one, internal: '0' }));
  return withTables({ ...report, lines });
}

const CURIOUS = [
  '你好 🚀 \u202eabc\u0000\u0007\ud800 \u0085 ﬁ Łukasz Čapek → ≥ −\ttab\r\nline',
  'x'.repeat(50_000),
  '/a/very/long/path_with-separators'.repeat(300),
  '',
  ' \n\n ',
  ') Tj (\\',
];

test('curious text neither throws nor leaves its cell', async () => {
  for (const text of CURIOUS) {
    const { record } = richReport();
    const report = withTables({
      record: {
        ...record,
        engineId: text,
        outcomeDetail: text,
        exposure: text,
        steps: record.steps.map((one) => ({ ...one, detail: text })),
        gates: record.gates.map((gate) => ({ ...gate, question: text, gateId: text })),
        followUps: [text, text],
        unknowns: [text],
      },
      lines: [{ ...line(0, 'unexplained'), item: text, internal: text }],
      resolutions: [{ ...resolution(0), clientOrderId: text, note: text }],
      adjustments: [],
    });
    assert.match(bytesAsText(await render(report)), /%%EOF\s*$/);
  }
});

test('names of other alphabets print as they are, and copy as they are', needsPoppler, async () => {
  const { record, ...tables } = richReport();
  const outcomeDetail = 'Zoë → Θεοδώρα, Ковальчук, Łukasz Żółć, Čapek, İğdır Şişli';
  const gates = record.gates.map((gate) => ({ ...gate, question: outcomeDetail }));
  const text = textOf(await render({ ...tables, record: { ...record, outcomeDetail, gates } }));
  assert.ok(text.split(outcomeDetail).length >= 2, text);
  assert.doesNotMatch(text, /\ufffd|U\+/);
});

test(
  'what cannot be drawn stands by its number, and the report says so',
  needsPoppler,
  async () => {
    const { record, ...tables } = richReport();
    const outcomeDetail = 'Zoë → 你好, Čapek';
    const text = textOf(await render({ ...tables, record: { ...record, outcomeDetail } }));
    assert.match(text, /Zoë → \[U\+4F60 U\+597D\], Čapek/);
    assert.match(text, /fonts of this report lack stands by its number/);
    assert.doesNotMatch(textOf(await render(richReport())), /stands by its number/);
  },
);

test('only the letters that are used are embedded', async () => {
  const pdf = await render(richReport());
  assert.ok(pdf.byteLength < 200_000, `${pdf.byteLength} bytes`);
  assert.match(bytesAsText(pdf), /\/BaseFont \/[A-Z]{6}\+DejaVuSansCondensed-Bold/);
});

test('an open gate, a failed step, and times before the crash can be plotted', async () => {
  const { record, ...tables } = richReport();
  const zero = record.startedAtMs;
  const steps = record.steps.map((one, index) => ({
    ...one,
    startedAtMs: zero - 5_000 + index,
    endedAtMs: index % 2 === 0 ? null : zero + 90_000_000,
    status: index % 2 === 0 ? ('failed' as const) : ('done' as const),
  }));
  const gates = record.gates.map((gate) => ({
    ...gate,
    closedAtMs: null,
    outcome: 'open' as const,
  }));
  const pdf = bytesAsText(await render({ ...tables, record: { ...record, steps, gates } }));
  assert.doesNotMatch(pdf, /NaN|Infinity/);
});
