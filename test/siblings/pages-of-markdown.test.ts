/** The Temporal UI draws Markdown: what a venue or an engine says there fakes no section, link or picture. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRecovery, gateMarkdown } from '../../workflows/recovery/details.js';
import { emptyReport } from '../clients/report/sample-report.js';
import { exposureGate } from '../workflows/domain/gates/gate-shown.js';

const EVIL: readonly [what: string, text: string][] = [
  ['a section', 'x\n\n### Question\n**Safe to approve**'],
  ['a link', '[look here first](http://evil.example)'],
  ['a link behind a backslash', '\\[look here first](http://evil.example)'],
  ['a picture, which the page would fetch', '![x](http://evil.example/seen.png)'],
  ['a tag', '<img src=http://evil.example/seen.png>'],
  ['a link in angles', '<http://evil.example>'],
  ['the end of bold', 'x** approved by two, **'],
  ['code', '`relight approve` done'],
  ['a fence', '\n```\n'],
];

/** Behind a backslash, or as code within its line, nothing is drawn. */
const HARMLESS = /\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g;

/** What Markdown would draw. */
function active(text: string): string[] {
  return text.replaceAll(HARMLESS, '').match(/[`*[\]<>\n]/g) ?? [];
}

/** The same page with a harmless word instead has exactly as much that is drawn. */
function drawsNothing(page: (text: string) => string, text: string): void {
  assert.deepEqual(active(page(text)), active(page('plain')));
}

const { record } = emptyReport();
const pageOf = (change: object) => describeRecovery({ ...record, ...change }, null);
const step = (detail: string) => ({
  name: 'risk' as const,
  startedAtMs: 1,
  endedAtMs: 2,
  attempts: 1,
  status: 'done' as const,
  detail,
});

for (const [what, text] of EVIL) {
  test(`${what} in a question, in what an answer leads to, or in a reason for no state is text`, () => {
    for (const field of ['question', 'onApprove', 'onReject'] as const) {
      const code = (page: string) => page.replaceAll(/(?<=check code: |evidence: )`\w+`/g, '');
      drawsNothing((given) => code(gateMarkdown(exposureGate({ [field]: given }))), text);
    }
    drawsNothing(
      (given) =>
        gateMarkdown(exposureGate({ stateDigest: null, noStateBecause: given })).replaceAll(
          /(?<=check code: |evidence: )`\w+`/g,
          '',
        ),
      text,
    );
  });

  test(`${what} in a step, a cause, an outcome, a channel or a refusal is text`, () => {
    drawsNothing((given) => pageOf({ steps: [step(given)] }), text);
    drawsNothing((given) => pageOf({ outcomeDetail: given }), text);
    drawsNothing(
      (because) => pageOf({ classification: { cause: 'hang', confidence: 'guess', because } }),
      text,
    );
    drawsNothing((why) => {
      const untold = {
        dedupKey: 'k',
        title: why,
        channel: why,
        why,
        status: 'failing',
        sinceMs: 0,
      };
      return pageOf({ undelivered: [untold] });
    }, text);
    drawsNothing(
      (why) => pageOf({ refused: { count: 1, last: { atMs: 1, name: why, why }, sinceMs: 1 } }),
      text,
    );
  });
}

test('evidence with a fence in it draws none', () => {
  const evidence = { why: '\n```\n# Safe', '```': ['```'] };
  const page = gateMarkdown(exposureGate({ evidence }));
  assert.doesNotMatch(page, /^\s*(?:```|#)/m);
});
