/** How an engine comes to hold the recovered state where nobody has said, and where somebody has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootOf, isPlain } from '../../../../workflows/domain/engine/boot.js';

const said = { boot: null, imports: 'before_start', syncs: false } as const;

test('the file where it may be given it, else told where it can be told, else by itself', () => {
  for (const [takesFile, takesEntries, from] of [
    [true, true, 'file'],
    [true, false, 'file'],
    [false, true, 'import'],
    [false, false, 'venues'],
  ] as const) {
    assert.equal(bootOf({ ...said, takesFile, takesEntries }).from, from);
    const named = bootOf({ ...said, boot: 'venues', takesFile, takesEntries });
    assert.equal(named.from, 'venues', 'what somebody has said holds');
  }
});

test('only a file, and no reading of the venues besides, is nothing more than a start', () => {
  const file = bootOf({ ...said, takesFile: true, takesEntries: false });
  assert.equal(isPlain(file), true);
  assert.equal(isPlain({ ...file, syncs: true }), false);
  assert.equal(isPlain({ ...file, from: 'venues' }), false);
});
