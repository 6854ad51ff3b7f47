/** Which engines are shadowed, by what is written of their checkpoints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckpointSettings, shadowsOf } from '../../../../workers/config/engine/checkpoints.js';
import { refusalWith } from '../../config/load-text.js';

const DEFAULT = { everyMs: 5_000, keep: 20 };
const recovered = '/data/recovered';
const written = '/data/written';

const CASES: readonly [given: object, shadows: object | null][] = [
  [{ written, recovered }, null],
  [{ recovered }, DEFAULT],
  [
    { recovered, shadow: { everyMs: 7_000 } },
    { everyMs: 7_000, keep: 20 },
  ],
  [{ kind: 'shadow', recovered }, DEFAULT],
  [{ kind: 'engine', written, recovered, shadow: {} }, DEFAULT],
  [
    { written, recovered, shadow: { keep: 3 } },
    { everyMs: 5_000, keep: 3 },
  ],
  [{ kind: 'none', recovered }, null],
];

for (const [given, shadows] of CASES) {
  test(`${JSON.stringify(given)} is accepted, and means ${JSON.stringify(shadows)}`, () => {
    assert.deepEqual(refusalWith(['engines', 'alpha', 'checkpoints'], given), []);
    assert.deepEqual(shadowsOf({ checkpoints: CheckpointSettings.parse(given) }), shadows);
  });
}
