/** What `npm run sim` is asked for, and what it refuses in one clear line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadFlag, flagsOf } from './flags.js';

const BAD: [args: string, why: RegExp][] = [
  ['--seed x', /^--seed is a whole number from 0 to 2147483648, not "x"$/],
  ['--runs 0', /^--runs is a whole number from 1 to 1000000, not "0"$/],
  ['--processes 3', /^--processes is a whole number from 1 to 2, not "3"$/],
  ['--level moon', /^--level is one of workflows, ports, wire, all, not "moon"$/],
  ['--mix much', /^--mix is one of none, light, harsh, failpoints, not "much"$/],
  ['--only 1,2', /^--only is of one seed: add --runs 1$/],
  ['--runs 1 --only a', /^--only names faults by their numbers, as 0,2: "a" is none$/],
  ['--runs 1 --only 0 --kept a.json', /^--kept is of all faults: leave --only out$/],
  ['--sed 1', /^Unknown option '--sed'/],
  ['12', /^Unexpected argument '12'/],
];

for (const [args, why] of BAD) {
  test(`${args} is refused in one line`, () => {
    assert.throws(
      () => flagsOf(args.split(' ')),
      (error: Error) => error instanceof BadFlag && why.test(error.message),
    );
  });
}

test('faults are chosen of one seed', () => {
  const { seed, runs, only, mix } = flagsOf('--seed 7 --runs 1 --only 0,2 --mix harsh'.split(' '));
  assert.deepEqual({ seed, runs, only, mix }, { seed: 7, runs: 1, only: [0, 2], mix: 'harsh' });
});
