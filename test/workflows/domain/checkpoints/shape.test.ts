/** The quick look at a body says what its schema says, and reading a checkpoint never throws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Body, fits } from '../../../../workflows/domain/checkpoints/shape.js';
import { engineState, balance, order, position } from '../builders.js';
import { judge, sealed } from './sealed.js';

const WHOLE = engineState({
  positions: [position()],
  balances: [balance()],
  orders: [
    order({ conditional: true, triggerPrice: '5', reduceOnly: false, positionSide: 'long' }),
    order({ clientOrderId: 'mine-2', links: { oco: ['mine-1'], oto: ['mine-3'] } }),
  ],
  appliedFills: { alpha: ['main|BTC/USDT|1'] },
});

const VALUES = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, '', '0', '-1.5', '1e5', ' 1', '+1', '.5', 'x'),
  fc.constantFrom<unknown>('net', 'short', 'open', 'buy', [], {}, [''], ['a'], { oco: ['a'] }),
  fc.constant('9'.repeat(101)),
  fc.constantFrom<unknown>({ __proto__: null }, [[]], [{}], Number.NaN),
);
const NAMES = ['quantity', 'links', 'reduceOnly', 'reduceonly', 'oco', 'constructor', 'alpha', '0'];

/** Walks down at random, and sets or drops what it comes to. */
function changed(value: object, steps: number[], change: { value: unknown } | null): void {
  const [step = 0, ...more] = steps;
  const names = [...Object.keys(value), ...NAMES];
  const name = names[step % names.length] ?? '';
  const inner: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  if (more.length > 0 && typeof inner === 'object' && inner !== null) {
    return changed(inner, more, change);
  }
  if (change === null) Reflect.deleteProperty(value, name);
  else Object.defineProperty(value, name, { ...change, enumerable: true, configurable: true });
}

const STEPS = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 5 });
const CHANGES = fc.array(
  fc.tuple(STEPS, fc.oneof(fc.constant(null), fc.record({ value: VALUES }))),
  { minLength: 1, maxLength: 3 },
);

test('the quick look lets pass what the schema lets pass', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(CHANGES, (changes) => {
      const body = structuredClone(WHOLE);
      for (const [steps, change] of changes) changed(body, steps, change);
      const written: unknown = JSON.parse(JSON.stringify(body));
      const taken = Body.safeParse(written).success;
      seen[taken ? 'taken' : 'refused'] += 1;
      assert.equal(fits(written), taken);
    }),
    { numRuns: 3_000, seed: 20_261_129 },
  );
  assert.ok(seen.taken > 100 && seen.refused > 1_000, JSON.stringify(seen));
});

test('what is no body at all is none', () => {
  for (const body of ['[]', 'null', '"x"', '1', 'true', '{}']) {
    assert.equal(fits(JSON.parse(body)), false);
    assert.match(judge(sealed(body)).errors.join(), /body is invalid/);
  }
});

/** A second member is put where one stands already, blanks or not: the same rule in plain code. */
test('of two members of one name none is dropped unseen', () => {
  const at = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(at, fc.boolean(), (index, blanks) => {
      const json = blanks
        ? JSON.stringify(WHOLE, null, 1).replaceAll('\n', ' ')
        : JSON.stringify(WHOLE);
      const members = [...json.matchAll(/"(\w+)" *: *(?:"[^"]*"|true|false|null)/g)];
      const [text, name] = members[index % members.length] ?? [];
      const twice = json.replace(text ?? '', `"${name}":"0",${text}`);
      assert.ok(judge(sealed(json)).valid);
      const { valid, errors } = judge(sealed(twice));
      return !valid && errors.join().includes(`"${name}" stands twice`);
    }),
    { numRuns: 200, seed: 20_261_129 },
  );
});
