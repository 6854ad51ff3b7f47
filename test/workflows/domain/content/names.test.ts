/** Names that may stand in keys and ids, and those that would break them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import {
  AccountName,
  EngineId,
  HostName,
  VenueName,
} from '../../../../workflows/domain/content/names.js';

const SCHEMAS = { EngineId, VenueName, AccountName, HostName };

function faultOf(name: string): string | undefined {
  return EngineId.safeParse(name).error?.issues[0]?.message;
}

test('names as people give them fit', () => {
  for (const name of ['desk', 'desk-1', 'mm_eth.v2', 'Binance', 'k'.repeat(64), 'börse', '取引']) {
    for (const schema of Object.values(SCHEMAS)) assert.equal(schema.parse(name), name);
  }
});

test('a name that would break a key or an id is refused, with the remedy', () => {
  const remedy = 'use letters, digits, "-", "_" and ".", such as "desk-1"';
  for (const held of ['|', '/', ' ', '\\', '\n', '\u0000', '\u00a0', '\u200b', '\u202e']) {
    const why = /[|/\\]/.test(held) ? 'parts keys and ids' : 'nobody sees for what it is';
    const expected = `the engine id holds ${JSON.stringify(held)}, which ${why}: ${remedy}`;
    assert.equal(faultOf(`a${held}b`), expected);
  }
  assert.equal(faultOf(''), `the engine id is empty: ${remedy}`);
  assert.equal(
    faultOf('x'.repeat(65)),
    'the engine id takes 65 characters as a file: at most 64 fit',
  );
  for (const taken of ['.', '..', '__proto__', 'constructor', 'prototype', 'toString', 'valueOf']) {
    assert.match(faultOf(taken) ?? '', /meaning of its own: choose another/);
  }
});

test('each schema names what it is of', () => {
  const messages = Object.values(SCHEMAS).map((schema) =>
    z.prettifyError(schema.safeParse('').error as z.ZodError),
  );
  assert.equal(new Set(messages).size, messages.length);
});

test('no name that fits holds a separator, however it is made', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (name) => {
      if (!EngineId.safeParse(name).success) return;
      assert.ok(name.length > 0 && name.length <= 64 && !/[|/\s]/.test(name));
    }),
    { numRuns: 2000, seed: 8 },
  );
});
