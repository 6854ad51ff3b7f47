/** Classes of characters: each place refuses or replaces what it always did, class by class. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  anyOf,
  eachOf,
  noneOf,
  SHAPELESS,
  UNSEEN,
} from '../../../../workflows/domain/content/characters.js';
import { AssetName, ChannelName } from '../../../../workflows/domain/content/labels.js';
import { EngineId, instanceNameFault } from '../../../../workflows/domain/content/names.js';
import { plain } from '../../../../workflows/domain/content/plain.js';
import { holdsUnseen } from '../../../../workflows/domain/content/printable.js';
import { shown } from '../../../../workers/config/reading/shown.js';

/** One or two of each class. */
const OF = {
  control: ['\u0000', '\n', '\u007f', '\u0085'],
  format: ['\u200b', '\u202e', '\ufeff'],
  joiner: ['\u200c', '\u200d'],
  surrogate: ['\ud800', '\udc00'],
  privateUse: ['\ue000'],
  unassigned: ['\u0378'],
  lineSeparator: ['\u2028', '\u2029'],
  blank: ['\u00a0', '\u3000'],
  seen: ['a', 'Ж', '漢', '😀', '-'],
} as const;
type Class = keyof typeof OF;
const SHAPELESS_OF: Class[] = [
  'control',
  'format',
  'joiner',
  'surrogate',
  'privateUse',
  'unassigned',
];
const UNSEEN_OF: Class[] = [...SHAPELESS_OF, 'lineSeparator'];

const PLACES: readonly [string, readonly Class[], (text: string) => boolean][] = [
  ['a text for people', SHAPELESS_OF, (text) => plain(text, 10).includes('?')],
  ['a printed text', ['control', 'format', 'surrogate', 'lineSeparator'], holdsUnseen],
  ['an asset', [...UNSEEN_OF, 'blank'], (text) => !AssetName.safeParse(text).success],
  ['a channel', UNSEEN_OF, (text) => !ChannelName.safeParse(text).success],
  ['an engine', [...UNSEEN_OF, 'blank'], (text) => !EngineId.safeParse(text).success],
  ['an instance', [...UNSEEN_OF, 'blank'], (text) => instanceNameFault(text) !== null],
  ['a setting that is shown', UNSEEN_OF, (text) => shown(text).includes('\\')],
];

for (const [place, refused, refuses] of PLACES) {
  test(`${place} says no to these classes and to no other`, () => {
    for (const name of Object.keys(OF) as Class[]) {
      for (const one of OF[name]) {
        const code = one.codePointAt(0)?.toString(16);
        assert.equal(refuses(`a${one}b`), refused.includes(name), `${name} ${code}`);
      }
    }
  });
}

test('what is built of the classes is what they were spelt as', () => {
  for (let code = 0; code < 0x30_00; code += 1) {
    const one = String.fromCodePoint(code);
    assert.equal(anyOf(SHAPELESS).test(one), /[\p{C}\p{DI}\u2800]/u.test(one));
    assert.equal(
      noneOf(UNSEEN).test(`a${one}`),
      /^[^\p{C}\p{DI}\u2800\p{Zl}\p{Zp}]*$/u.test(`a${one}`),
    );
    assert.equal(
      one.replace(eachOf(UNSEEN), ''),
      one.replace(/[\p{C}\p{DI}\u2800\p{Zl}\p{Zp}]/gu, ''),
    );
  }
});
