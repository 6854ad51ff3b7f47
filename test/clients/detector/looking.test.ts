/** A probe that hangs or fails is told, and takes nothing from the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepLooking } from '../../../clients/detector/probes/looking.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { severalLooks } from './rig.js';

test('a look that hangs is the only one of its probe, is told once, and stops no other', async (t) => {
  const warned: string[] = [];
  const watch = { warn: (message: string) => void warned.push(message) };
  const looks = { hanging: 0, sound: 0, failing: 0 };
  const hangs = () => {
    looks.hanging += 1;
    return new Promise<void>(() => undefined);
  };
  const sound = async () => void (looks.sound += 1);
  const fails = async () => {
    looks.failing += 1;
    throw new TypeError('secret');
  };
  const quick = { everyMs: 1, limitMs: 20 };
  const parts = [hangs, sound, fails].map((look) => keepLooking(quick, watch, { kind: 'x', look }));
  t.after(() => Promise.all(parts.map((part) => part.stop())));
  await eventually('it is told', () => warned.some((line) => line.includes('does not come back')));
  const before = looks.sound;
  await eventually('the others look on', () => looks.sound > before + 20 && looks.failing > 20);
  assert.equal(looks.hanging, 1);
  assert.equal(warned.filter((line) => line.includes('does not come back')).length, 1);
});

test('how often is looked may change: from the next look on it is as it is told then', async (t) => {
  let everyMs = 1;
  let looks = 0;
  const look = async () => void (looks += 1);
  const watch = { warn: () => undefined };
  const rare = { everyMs: () => everyMs };
  const probe = keepLooking(rare, watch, { kind: 'x', look });
  t.after(() => probe.stop());
  await eventually('it looks', () => looks > 5);
  everyMs = 60_000;
  const before = looks;
  await severalLooks();
  assert.ok(looks <= before + 1, `${looks - before} looks more`);
});
