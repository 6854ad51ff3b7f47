/** A link stays one link, below the page that it stands on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { workflowLink, workflowPath } from '../../../workflows/shown/workflow-link.js';

test('it leads to the page of the workflow', () => {
  assert.equal(
    workflowLink('default', 'recovery/alpha/alpha-e1'),
    '[`recovery/alpha/alpha-e1`](/namespaces/default/workflows/recovery%2Falpha%2Falpha-e1)',
  );
});

test('nothing in an id ends it, or leads elsewhere', () => {
  const evil = fc.string({
    unit: fc.constantFrom(')', '(', ']', '/', '.', '\\', '<', ' ', '\n', 'a', '\ud800'),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), evil), (id) => {
      assert.match(workflowPath(id, id), /^\/namespaces\/[\w.%-]*\/workflows\/[\w.%-]*$/);
      const path = workflowPath('n', id);
      assert.equal(workflowLink('n', id).endsWith(`](${path})`), true);
    }),
  );
});
