/** What an engine does not offer stands in its report, and no section of it where it offers all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPdfRenderer } from '../../../clients/report/index.js';
import type { CapabilityLine } from '../../../workflows/domain/engine/integration.js';
import { printedText } from '../../e2e/pdf-text.js';
import { richReport } from './sample-report.js';

const LINE: CapabilityLine = {
  capability: 'state',
  standing: 'unverified',
  by: 'nothing',
  cost: 'asked',
};

test('the report says what the engine does not offer, by the same lines', async () => {
  const { record, ...tables } = richReport();
  const renderer = createPdfRenderer();
  const told = printedText(
    await renderer.render({ ...tables, record: { ...record, integration: [LINE] } }),
  );
  assert.match(told, /What this engine does not offer/);
  assert.match(told, /state: UNVERIFIED: nothing \(asked\)/);
  const silent = printedText(await renderer.render({ ...tables, record }));
  assert.doesNotMatch(silent, /does not offer/);
});
