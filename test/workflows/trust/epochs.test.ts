/** Epochs in messages: what is none reaches nobody, and still no death and no memory is lost by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { misshapen } from '../../../workflows/contract/schemas.js';
import { LAST_EPOCH } from '../../../workflows/domain/engine/epochs.js';

const WILD = [LAST_EPOCH + 1, Number.MAX_SAFE_INTEGER, 1e300] as const;
const NONE = [...WILD, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null] as const;

test('no recovery tells of an epoch that is none', () => {
  const progress = (epoch: unknown) => misshapen('recoveryProgress', { epoch, stopped: [] }, 100);
  for (const epoch of [0, 7, LAST_EPOCH]) assert.equal(progress(epoch), null);
  for (const epoch of NONE) assert.match(progress(epoch) ?? '', /epoch/, String(epoch));
});

test('what a guardian has kept begins it anew, and what a recovery ended with is heard', () => {
  const guardian = (epoch: number) => ({
    engineId: 'desk',
    epoch,
    crashTimesMs: [],
    hold: null,
    openIncident: null,
    past: [],
    handled: [],
  });
  const result = (epoch: number) => ({ outcome: 'recovered', epoch, stopped: [], unhandled: null });
  for (const epoch of [LAST_EPOCH + 1, Number.MAX_SAFE_INTEGER]) {
    assert.equal(misshapen('engineGuardian', guardian(epoch), 100), null);
    assert.equal(misshapen('recoveryResult', result(epoch), 100), null);
  }
});
