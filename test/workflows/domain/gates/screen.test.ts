/** One screen of a question: eight questions are answered by each surface alone, from the facts that are signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { gateText } from '../../../../clients/cli/actions/gates.js';
import { GateKind } from '../../../../workflows/domain/content/gate-kind.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import { rulesFor } from '../../../../workflows/domain/gates/rules.js';
import { answersOf } from '../../../../workflows/domain/gates/screen/consequences.js';
import { CHAT_LENGTH, markdownScreen } from '../../../../workflows/domain/gates/screen/markdown.js';
import { unseenMarket } from '../../../../workflows/domain/gates/market.js';
import { plainScreen } from '../../../../workflows/domain/gates/screen/plain.js';
import { screenOf } from '../../../../workflows/domain/gates/screen/screen.js';
import { utcTimes } from '../../../../workflows/domain/gates/screen/times.js';
import { gateTitle } from '../../../../workflows/domain/gates/screen/title.js';
import { gateMarkdown } from '../../../../workflows/recovery/details.js';
import { around, gateWith, POLICY, STANDING, words } from './around.js';
import { quietMarket } from './quiet-market.js';
import { exposureGate, OPENED_AT_MS } from './gate-shown.js';

/** What somebody who has been woken asks, and words that answer it. */
const EIGHT: readonly [question: string, answer: RegExp][] = [
  ['what died', /maker, instance maker-e2 on ldn-3/],
  ['why', /segfault \(certain\): core of signal 11/],
  ['since when', /since *: .*2023-11-14 \d\d:12:20/],
  ['what is in the market', /BTC\/USDT:USDT long 2 at 60000 = 120,000\.00; stop for all of it/],
  ['what is asked', /Resume\?/],
  [
    'what does each answer do',
    /approve *: trading resumes.*orders *: left.*reject *: the engine stays stopped.*orders *: left/,
  ],
  [
    'what if nobody answers',
    /it expires 2023-11-14 \d\d:43:20 .*, which never approves: then as on reject/,
  ],
  ['who may answer', /rita \(risk\)/],
];

const SURFACES: readonly [name: string, draw: (gate: GateRequest) => string][] = [
  ['the command line', (gate) => gateText(gate, OPENED_AT_MS)],
  ['a chat message', (gate) => gateMarkdown(gate, CHAT_LENGTH)],
  ['an e-mail', (gate) => gateMarkdown(gate, CHAT_LENGTH)],
  ['the Temporal UI', (gate) => gateMarkdown(gate)],
];

for (const [name, draw] of SURFACES) {
  test(`eight questions are answered by ${name} alone`, () => {
    const gate = gateWith(around('exposure'));
    const said = words(draw(gate));
    for (const [question, answer] of EIGHT) assert.match(said, answer, `${question}: ${said}`);
    assert.ok(said.includes(`relight approve ${gate.gateId} --evidence ${gate.evidenceHash}`));
    assert.match(said, /alpha BTC: 0\.1 more there than anything explains \(6,000\.00\)/);
    assert.match(said, /sell 2 at 57000 \(mk-7\)/);
  });

  test(`what nobody knows is said as unknown by ${name}`, () => {
    const gate = gateWith(around('exposure', { market: unseenMarket('VenueUnreadable: away') }));
    const said = words(draw(gate));
    assert.match(said, /UNKNOWN.*all that is in the market: VenueUnreadable: away/);
    assert.match(said, /positions *: unknown/);
    assert.match(said, /exposure *: unknown/);
    assert.doesNotMatch(said, /positions *: none|0 orders/);
  });
}

test('differences that cancel out are no small ones, and what is not shown is not added up', () => {
  const shown = ['6000', '-6000'].map((notional, at) => {
    return { venue: 'alpha', item: `C${at}`, unexplained: '1', notional };
  });
  const said = (count: number) => {
    const market = quietMarket({ differences: { shown, count } });
    return words(gateText(gateWith(around('discrepancies', { market })), OPENED_AT_MS));
  };
  assert.match(said(2), /2 differences left unexplained, worth 12,000\.00 together, gross/);
  assert.match(said(3), /worth 12,000\.00 together, gross, of those shown with a price/);
});

test('a label that leaves no room for its text ends no screen', () => {
  const label = 'l'.repeat(100);
  const screen = screenOf(gateWith(around('exposure')), utcTimes);
  const lines = [{ label, text: 'text' }];
  const said = plainScreen({ ...screen, sections: [{ title: 'Evidence', rank: 3, lines }] });
  assert.match(said, /l : text$/);
});

test('the same facts stand on each surface', () => {
  const gate = gateWith(around('exposure'));
  const screen = screenOf(gate, utcTimes);
  const [plain, drawn] = [words(plainScreen(screen)), words(gateMarkdown(gate))];
  for (const { lines } of screen.sections) {
    for (const { text } of lines) {
      assert.ok(plain.includes(words(text)) || /^[\da-f]{64}$/.test(text), `not plain: ${text}`);
      assert.ok(drawn.includes(words(text)), `not drawn: ${text}`);
    }
  }
});

test('each kind says what approving and rejecting do to engine and orders, and silence is no approval', () => {
  for (const kind of GateKind.options) {
    for (const trades of [false, true]) {
      const standing = { runs: trades, trades, keepProtective: true, named: true };
      const { approve, reject, silence } = answersOf(kind, rulesFor(kind, POLICY), standing);
      for (const effect of [approve, reject]) {
        assert.ok(effect.engine.length > 10 && effect.orders.length > 5, kind);
      }
      assert.notDeepEqual(approve, reject, kind);
      const waits = rulesFor(kind, POLICY).expiresAfterMs === null;
      assert.deepEqual(silence, waits ? null : reject, kind);
    }
  }
});

test('what becomes of the engine is not told twice, and what an answer adds is told', () => {
  const onReject = 'the engine is stopped and the manual checklist opens';
  const said = words(gateText(gateWith(around('exposure'), { onReject }), OPENED_AT_MS));
  assert.equal(said.match(/manual checklist opens/g)?.length, 1, said);
  assert.match(said, /engine *: may trade with this exposure; it goes on to the next check/);
});

test('in the Temporal UI no list stands within a list, which it draws as one run of words', () => {
  const lists = gateMarkdown(gateWith(around('exposure'))).match(/^ *- .*/gm) ?? [];
  assert.ok(lists.some((item) => item.startsWith('- ↳ orders: left as they rest')));
  assert.deepEqual(
    lists.filter((item) => item.startsWith(' ')),
    [],
  );
});

test('whoever rejects while it trades is told that its orders are cancelled, stops kept or not', () => {
  const rules = rulesFor('ramp', POLICY);
  const orders = (keepProtective: boolean) =>
    answersOf('ramp', rules, { ...STANDING, trades: true, keepProtective }).reject.orders;
  assert.match(orders(true), /cancelled; stops that protect what is held stay/);
  assert.match(orders(false), /cancelled, its stops too/);
});

test('a title has engine, state and figure, and fits a phone', () => {
  const gate = gateWith(around('exposure'));
  assert.equal(gateTitle(gate), 'maker WAITS FOR YOU: exposure 1,223,512.77 above 1,000,000.00');
  assert.match(gateTitle(gate, 'escalated'), /^maker ESCALATED: /);
  for (const kind of GateKind.options) {
    const long = { ...gate, kind, evidence: { why: 'x'.repeat(500) } };
    assert.ok(gateTitle(long).length <= 80, kind);
  }
});

test('the title of a manual recovery has its state first, and is cut between words', () => {
  const titleOf = (evidence: Record<string, unknown>) =>
    gateTitle(exposureGate({ kind: 'manual_recovery', evidence }));
  const why =
    'health check failed: market data coinbase: ExchangeNotAvailable: coinbase GET [url] 503';
  assert.equal(
    titleOf({ why, stopped: 'maker-e2 (pid 7): asked to stop; gone' }),
    'maker WAITS FOR YOU: STOPPED; failed market data coinbase…',
  );
  assert.match(
    titleOf({ why, stopped: 'THE ENGINE COULD NOT BE STOPPED: no answer' }),
    /^maker WAITS FOR YOU: IT MAY STILL RUN; failed market data coinbase…$/,
  );
});

test('whatever a question holds, a message of it fits a block and keeps command, code and answers', () => {
  const text = fc.oneof(fc.string({ maxLength: 900 }), fc.constant('*[x](y)`'.repeat(200)));
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 30 }), (question, why, unknown) => {
      const situation = around('exposure', { market: quietMarket({ unknown }), engine: why });
      const gate = gateWith(situation, { question, onApprove: why, onReject: question });
      const drawn = markdownScreen(screenOf(gate, utcTimes), CHAT_LENGTH);
      assert.ok(drawn.length <= CHAT_LENGTH, `${drawn.length} characters`);
      assert.ok(drawn.includes(gate.evidenceHash) && drawn.includes('it expires'));
    }),
    { numRuns: 200, seed: 20_261_130 },
  );
});

test('no line is wider than a terminal, but for what is to be copied', () => {
  for (const line of gateText(gateWith(around('exposure')), OPENED_AT_MS).split('\n')) {
    assert.ok(line.length <= 80 || line.startsWith('    relight '), line);
  }
});

test('a gate of an earlier version is shown without what stands round it', () => {
  const said = words(gateText(exposureGate(), OPENED_AT_MS));
  assert.match(said, /Resume\?.*approve *: trading resumes.*needs *: 1 person of role ops or risk/);
  assert.doesNotMatch(said, /IN THE MARKET/);
});
