/** The states of a conversation, who is told of one, and the line that stands on a lock screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { markdownWords } from '../../../../workflows/domain/content/markdown.js';
import { headlineOf, LONGEST_HEADLINE } from '../../../../workflows/domain/notices/headline.js';
import { isFor, type Routing } from '../../../../workflows/domain/notices/routing.js';
import { pagesOf } from '../../../../workflows/domain/notices/pages.js';
import {
  NOTICE_STATES,
  rowOf,
  SEVERITIES,
  stateOf,
  type NoticeState,
} from '../../../../workflows/domain/notices/states.js';

const STATES = Object.keys(NOTICE_STATES) as NoticeState[];
const DOCUMENT = new URL('../../../../docs/notices.md', import.meta.url);

test('the document has a row for each state, with who sends it and what becomes of the page', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const rows = [
    ...text.matchAll(/^\| `(\w+)`\s*\| (\w+)\s*\| [\w, ]+?\s*\| (\w+)\s*\| ([\w-]+)\s*\|/gm),
  ];
  const pages = STATES.map((state) => rowOf({ state, severity: 'info' }));
  assert.deepEqual(
    rows.map(([, state, sentBy, paging, question]) => [state, sentBy, paging, question]),
    pages.map(({ sentBy, paging, question = '-' }, at) => [STATES[at], sentBy, paging, question]),
  );
});

test('nothing but an answer acknowledges, and nothing but a good end resolves', () => {
  const by = (paging: string) => STATES.filter((state) => NOTICE_STATES[state].paging === paging);
  assert.deepEqual([by('acknowledge'), by('resolve')], [['answered'], ['recovered', 'over']]);
});

test('a question rings at an alert of its own, and that ends however the question did', () => {
  const incidentId = 'desk/desk-e0';
  const about = (state: NoticeState) =>
    pagesOf({ severity: 'info', state, incidentId, question: 'gate:exposure:2' });
  const mine = { alert: 'desk/desk-e0:gate:exposure:2', action: 'resolve' };
  for (const state of ['asked', 'reminded', 'escalated'] as const) {
    assert.deepEqual(about(state), [{ ...mine, action: 'trigger' }]);
  }
  assert.deepEqual(about('withdrawn'), [mine]);
  assert.deepEqual(about('answered'), [{ alert: incidentId, action: 'acknowledge' }, mine]);
  assert.deepEqual(about('expired'), [{ alert: incidentId, action: 'trigger' }, mine]);
  const again = { question: 'gate:exposure:2', inPlaceOf: 'gate:exposure:1' };
  assert.deepEqual(pagesOf({ severity: 'warning', state: 'asked', incidentId, ...again }), [
    { ...mine, action: 'trigger' },
    { ...mine, alert: 'desk/desk-e0:gate:exposure:1' },
  ]);
});

test('a question of a worker that names none rings at the incident, and ends nothing else', () => {
  const incidentId = 'desk/desk-e0';
  const changes = (state: NoticeState) =>
    pagesOf({ severity: 'warning', state, incidentId }).map(({ alert, action }) => {
      assert.equal(alert, incidentId);
      return action;
    });
  assert.deepEqual(
    (['asked', 'reminded', 'answered', 'withdrawn', 'expired', 'recovered'] as const).map(changes),
    [['trigger'], ['trigger'], ['acknowledge'], [], ['trigger'], ['resolve']],
  );
});

test('what names no state counts by its severity', () => {
  assert.deepEqual(
    SEVERITIES.map((severity) => stateOf({ severity })),
    ['news', 'alarm', 'alarm'],
  );
});

describe('who is told', () => {
  const routing = fc.record<Routing>({
    severity: fc.constantFrom(...SEVERITIES),
    from: fc.constantFrom('start', 'escalation'),
  });
  const notice = fc.record({
    severity: fc.constantFrom(...SEVERITIES),
    state: fc.constantFrom(...STATES),
    escalated: fc.boolean(),
  });

  test('a channel without settings is told everything', () => {
    fc.assert(fc.property(notice, (one) => isFor({ severity: 'info', from: 'start' }, one)));
  });

  test('who was told of a question is told of its end', () => {
    const ends: NoticeState[] = ['answered', 'expired', 'withdrawn', 'recovered', 'not_recovered'];
    fc.assert(
      fc.property(routing, notice, fc.constantFrom(...ends), (to, asked, state) => {
        fc.pre(isFor(to, { ...asked, state: 'asked' }));
        assert.ok(isFor(to, { severity: 'info', state, escalated: asked.escalated }));
      }),
    );
  });

  test('a channel of the escalation hears of nothing before it', () => {
    fc.assert(
      fc.property(routing, notice, (to, one) => {
        fc.pre(one.state !== 'test');
        assert.ok(!isFor({ ...to, from: 'escalation' }, { ...one, escalated: false }));
      }),
    );
  });
});

test('a headline names the engine, fits a phone and is no Markdown', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9_-]{1,20}$/), fc.string(), (engineId, title) => {
      const headline = headlineOf({ engineId, title: markdownWords(title) });
      assert.ok(headline.includes(engineId) && headline.length <= LONGEST_HEADLINE);
    }),
  );
  assert.equal(
    headlineOf({ engineId: 'mm', title: 'mm\r\nBcc: all\u202e' }),
    'mm\\u000d\\u000aBcc: all\\u202e',
  );
  const title = markdownWords('Exposure is *1.5* BTC, above 1. Resume trading?');
  assert.equal(
    headlineOf({ engineId: 'mm_1', title }),
    'mm_1: Exposure is *1.5* BTC, above 1. Resume trading?',
  );
});
