/** A hunt of hours goes on from where it ended, and never from another's. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BadFlag, flagsOf } from './flags.js';
import { keep, tallySoFar } from './kept.js';

const folder = mkdtempSync(join(tmpdir(), 'relight-kept-'));
test.after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'hunt.json');

const flagged = (more: string) => flagsOf(`--kept ${file} ${more}`.split(' '));

test('what was counted is there again, and of another hunt it is refused', () => {
  const hunt = flagged('--seed 3 --level all --runs 10');
  const tally = tallySoFar(hunt);
  assert.equal(tally.runs, 0);
  Object.assign(tally, { runs: 6, unasked: 5, coverage: { gate: { ramp: 2 } } });
  keep(hunt, tally);

  const { runs, unasked, coverage } = tallySoFar(flagged('--seed 3 --level all --runs 20'));
  assert.deepEqual(
    { runs, unasked, coverage },
    { runs: 6, unasked: 5, coverage: { gate: { ramp: 2 } } },
  );
  for (const other of [
    '--seed 4 --level all',
    '--seed 3 --level ports',
    '--seed 3 --level all --mix none',
  ]) {
    assert.throws(() => tallySoFar(flagged(other)), BadFlag);
  }
});
