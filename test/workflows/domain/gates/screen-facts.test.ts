/** Facts that people who had one surface alone could not find: each stands on the screen, in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateText } from '../../../../clients/cli/actions/gates.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import { rulesFor } from '../../../../workflows/domain/gates/rules.js';
import { answersOf } from '../../../../workflows/domain/gates/screen/consequences.js';
import { CHAT_LENGTH } from '../../../../workflows/domain/gates/screen/markdown.js';
import type { Situation } from '../../../../workflows/domain/gates/situation.js';
import { gateMarkdown } from '../../../../workflows/recovery/details.js';
import { sameElsewhere } from '../../../../workflows/domain/gates/screen/same-difference.js';
import { around, gateWith, POLICY, STANDING, words } from './around.js';
import { OPENED_AT_MS } from './gate-shown.js';
import { quietMarket } from './quiet-market.js';

/** What a screen says of a situation, in words, on one line. */
function saidOf(change: Partial<Situation>, gate: Partial<GateRequest> = {}): string {
  const kind = gate.kind ?? 'exposure';
  return words(gateText(gateWith(around(kind, change), gate), OPENED_AT_MS));
}

const POSITION = quietMarket().positions.shown[0] ?? assert.fail('no position');

test('whether a position was there before the crash is said, by which book and how old', () => {
  const book = { kind: 'checkpoint', ageMs: 3_665 } as const;
  const heldBefore = (before: string) =>
    quietMarket({ positions: { shown: [{ ...POSITION, before }], count: 1 } });
  assert.match(
    saidOf({ book }),
    /before *: by its last checkpoint, 3\.6 s older than the crash.* = 120,000\.00; before: the same;/,
  );
  assert.match(
    saidOf({ book, market: heldBefore('0.025') }),
    /; before: long 0\.025; stop for all/,
  );
  assert.match(saidOf({ book, market: heldBefore('-3') }), /; before: short 3; stop for all/);
  assert.match(saidOf({ book, market: heldBefore('0') }), /; before: none; stop for all/);
  assert.doesNotMatch(saidOf({}), /before: /, 'no book tells it');
});

test('a position that is gone is said as loudly as one that came', () => {
  const gone = { shown: [{ venue: 'alpha', item: 'ETH/USDT:USDT', before: '-4' }], count: 1 };
  const book = { kind: 'shadow', ageMs: null } as const;
  assert.match(
    saidOf({ book, market: quietMarket({ gone }) }),
    /! position *: alpha ETH\/USDT:USDT: none now; before: short 4/,
  );
});

test('from which point exposure is measured stands beside it', () => {
  const exposure = (quantity: string) => {
    const row = { item: 'coinbase BTC', notional: '5998.72', quantity, baseline: '1000' };
    return quietMarket({ exposure: { total: '5998.72', by: { shown: [row], count: 1 } } });
  };
  const less = saidOf({ market: exposure('-0.1') });
  assert.match(less, /counted *: positions whole; of coins only what differs from their baseline/);
  assert.match(less, /coinbase BTC 5,998\.72: 0\.1 less than its baseline of 1000/);
  assert.match(saidOf({ market: exposure('0.1') }), /0\.1 more than its baseline of 1000/);
  assert.doesNotMatch(saidOf({}), /baseline/, 'there is none');
});

test('differences that somebody has taken are not called open, and say who did', () => {
  const accepted = { names: ['mei'], atMs: OPENED_AT_MS - 30_000 };
  assert.match(saidOf({}), /1 difference left unexplained, worth 6,000\.00/);
  const said = saidOf({ accepted });
  assert.match(said, /1 difference that nothing explains, .*; ACCEPTED by mei, .*30 s ago/);
  assert.doesNotMatch(said, /left unexplained/);
  assert.match(saidOf({ accepted: { names: [], atMs: null } }), /ACCEPTED by the policy;/);
});

test('what a venue does not tell stands with the difference, and not at the end', () => {
  const lead = 'alpha: funding, transfers and fees: the venue tells none';
  const said = saidOf({ market: quietMarket({ ...around('exposure').market, leads: [lead] }) });
  assert.match(
    said,
    /differs *: alpha BTC.*lead *: alpha: funding, .* tells none: look there first/,
  );
});

test('on a phone what differs, and the lead, come before what is cut', () => {
  const rows = Array.from({ length: 12 }, (_, at) => {
    return { item: `venue${at} COIN${at}`, notional: '1000', quantity: '1', baseline: '1000' };
  });
  const market = quietMarket({
    ...around('exposure').market,
    leads: ['alpha: transfers: the venue tells none'],
    exposure: { total: '12000', by: { shown: rows, count: 12 } },
  });
  const said = words(gateMarkdown(gateWith(around('exposure', { market })), CHAT_LENGTH));
  assert.match(said, /differs: alpha BTC.*lead: alpha: transfers.*exposure: 12,000\.00/);
  assert.match(said, /relight shutdown --engine maker/);
});

test('a worth by a price that is gone says so', () => {
  const shown = [
    {
      venue: 'alpha',
      item: 'BTC',
      unexplained: '-0.1',
      notional: '-6000',
      formerPrice: true as const,
    },
  ];
  assert.match(
    saidOf({ market: quietMarket({ differences: { shown, count: 1 } }) }),
    /\(-6,000\.00 by its price as the books were compared\)/,
  );
});

test('whose process is gone is said by its pid, and where nothing proves it, loudly', () => {
  const { happened } = around('exposure');
  const gone = 'pid 28397 gone after 107 ms';
  assert.match(
    saidOf({ happened: { ...happened, gone } }),
    /gone *: the process of maker-e2: pid 28397 gone after 107 ms/,
  );
  assert.match(
    saidOf({ happened: { ...happened, gone: null } }),
    /! gone *: NOT PROVED: .*maker-e2/,
  );
});

test('where a position has no stop, the way to one is named', () => {
  const bare = { ...POSITION, stop: 'unprotected' as const, covered: '0' };
  const said = saidOf({ market: quietMarket({ positions: { shown: [bare], count: 1 } }) });
  assert.match(said, /NO STOP.*to stop *: Relight places none.*relight positions maker then shows/);
  assert.doesNotMatch(saidOf({}), /Relight places none/);
});

test('each screen has the kill switch whole, and says what it stops', () => {
  assert.match(
    saidOf({}),
    /command *: relight shutdown --engine maker --reason "\.\.\." it stops *: maker alone/,
  );
});

test('of a manual recovery it is said what open items of the checklist do', () => {
  const said = saidOf({}, { kind: 'manual_recovery' });
  assert.match(said, /checklist *: open items refuse no approval/);
  assert.doesNotMatch(saidOf({}), /open items/);
});

test('what orders become is said in plain words, and as it was in what was signed before', () => {
  const rules = rulesFor('discrepancies', POLICY);
  const ofOrders = (named: boolean) => {
    const { approve, reject } = answersOf('discrepancies', rules, { ...STANDING, named });
    return `${approve.orders}; ${reject.orders}`;
  };
  assert.match(ofOrders(true), /what became of each: open, filled, .*; the shutdown below cancels/);
  assert.match(ofOrders(false), /each gets its fate, .*; relight shutdown cancels them/);
});

test('a time that is read at any time says how old it was when it was asked', () => {
  const readAtMs = OPENED_AT_MS - 8_000;
  const gate = gateWith(around('exposure', { market: quietMarket({ readAtMs }) }));
  const said = words(gateMarkdown(gate));
  assert.match(said, /as of: 2023-11-14 22:13:12 UTC, 8\.0 s before this was asked/);
  assert.match(said, /asked: 2023-11-14 22:13:20 UTC/);
});

test('a difference that several open questions have is said of each, where they are seen together', () => {
  const gateOf = (engine: string, unexplained: string | null) => {
    const shown = [{ venue: 'alpha', item: 'BTC', unexplained, notional: null }];
    const market = quietMarket({ differences: { shown, count: 1 } });
    return gateWith(around('exposure', { market }), { gateId: `${engine}/${engine}-e1/exposure` });
  };
  const [maker, grid, other] = [
    gateOf('maker', '-0.1'),
    gateOf('grid', '-0.1'),
    gateOf('x', '0.1'),
  ];
  assert.deepEqual(sameElsewhere(maker, [maker, grid, other]), [
    'alpha BTC -0.1 is in grid/exposure too: one cause, where they share an account',
  ]);
  assert.deepEqual(sameElsewhere(other, [maker, grid, other]), []);
  const unknown = [gateOf('maker', null), gateOf('grid', null)];
  assert.deepEqual(sameElsewhere(unknown[0] ?? maker, unknown), [], 'unknown is not the same');
});
