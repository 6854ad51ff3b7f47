/** No order that was sent is lost to its journal, whenever SIGKILL comes; `npm run bench -- journal` kills 10,000. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_TESTS } from '../needs.js';
import { killEngines, tearRecords } from './kills.js';
import { ALL_KITS } from './programs.js';

const KILLS = LONG_TESTS ? 150 : 60;
const TEARS = LONG_TESTS ? 60 : 30;

for (const kit of ALL_KITS) {
  const { language } = kit;
  const options = { skip: kit.why };

  test(`${KILLS} engines in ${language} are killed as they trade`, options, async (t) => {
    const { wrong, sent, torn } = await killEngines(kit, KILLS);
    assert.deepEqual(wrong, []);
    assert.ok(sent > 0);
    t.diagnostic(`${sent} orders were sent; ${torn} journals have a torn record`);
  });

  test(`${TEARS} are killed as they do nothing but note, in ${language}`, options, async (t) => {
    const { wrong, torn } = await tearRecords(kit, TEARS);
    assert.deepEqual(wrong, []);
    t.diagnostic(`${torn} records were torn, and found to be`);
  });
}
