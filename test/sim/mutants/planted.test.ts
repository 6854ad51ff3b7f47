/** Each planted bug can be planted, so that a change of the code which takes its place away is seen. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { loadWorkflowBundle } from '../../../workers/processes/bundle.js';
import { BUNDLE, type Change, type Mutant } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { SHOWN_BY } from './shown-by.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
let workflows = '';
before(async () => {
  const found = await loadWorkflowBundle();
  workflows = 'code' in found ? found.code : readFileSync(found.codePath, 'utf8');
});

/** Of a module as it is written: that it stands once in what is loaded of it is seen whenever it is planted. */
function codeOf(of: string): string {
  if (of === BUNDLE) return workflows;
  const path = `${ROOT}${of}.ts`;
  assert.ok(existsSync(path), `there is no module ${of}`);
  return readFileSync(path, 'utf8');
}

function planted(code: string, { of, place, put }: Change): string {
  const times = code.match(new RegExp(place.source, 'g'))?.length ?? 0;
  assert.equal(times, 1, `${of} has ${times} times ${String(place)}`);
  const changed = code.replace(place, put);
  assert.notEqual(changed, code, `${String(place)} is put as it was`);
  return changed;
}

function plant({ changes }: Mutant): void {
  for (const of of new Set(changes.map((change) => change.of))) {
    const own = changes.filter((change) => change.of === of);
    assert.ok(of === BUNDLE || own.length === 1, `${of} is changed ${own.length} times`);
    const code = own.reduce(planted, codeOf(of));
    if (of === BUNDLE) void new Script(code); // throws where it is no code any more
  }
}

for (const mutant of MUTANTS) {
  test(`"${mutant.name}" can be planted`, () => plant(mutant));
}

test('what shows a bug is said of none but those that are planted', () => {
  const names = new Set(MUTANTS.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(SHOWN_BY).filter((name) => !names.has(name)),
    [],
  );
});

test('no two planted bugs have one name, or change the same place to the same', () => {
  const names = MUTANTS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  const changes = MUTANTS.map((mutant) => JSON.stringify(mutant.changes.map(textOf)));
  assert.equal(new Set(changes).size, changes.length);
});

const textOf = ({ of, place, put }: Change) => [of, place.source, put];

test('a place that is not there, or stands twice, is told', () => {
  const mutant = (place: RegExp): Mutant => {
    const changes = [{ of: BUNDLE, place, put: '' }];
    return { name: 'none', fault: 'none', level: 'workflows', changes };
  };
  assert.throws(() => plant(mutant(/what no workflow holds: 7e1f/)), /has 0 times/);
  assert.throws(() => plant(mutant(/function /)), /has \d{2,} times/);
});
