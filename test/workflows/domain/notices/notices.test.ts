/** The states of a conversation, who is told of one, and the line that stands on a lock screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { markdownWords } from '../../../../workflows/domain/content/markdown.js';
import { headlineOf, LONGEST_HEADLINE } from '../../../../workflows/domain/notices/headline.js';
import { isFor, type Routing } from '../../../../workflows/domain/notices/routing.js';
import {
  NOTICE_STATES,
  SEVERITIES,
  stateOf,
  type NoticeState,
} from '../../../../workflows/domain/notices/states.js';

const STATES = Object.keys(NOTICE_STATES) as NoticeState[];
const DOCUMENT = new URL('../../../../docs/notices.md', import.meta.url);

test('the document has a row for each state, with who sends it and what becomes of the page', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)`\s*\| (\w+)\s*\| [\w, ]+?\s*\| (\w+)\s*\|/gm)];
  assert.deepEqual(
    rows.map(([, state, sentBy, paging]) => [state, sentBy, paging]),
    STATES.map((state) => [state, NOTICE_STATES[state].sentBy, NOTICE_STATES[state].paging]),
  );
});

test('nothing but an answer acknowledges, and nothing but a good end resolves', () => {
  const by = (paging: string) => STATES.filter((state) => NOTICE_STATES[state].paging === paging);
  assert.deepEqual([by('acknowledge'), by('resolve')], [['answered'], ['recovered', 'over']]);
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
