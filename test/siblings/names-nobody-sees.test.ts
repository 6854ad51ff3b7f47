/**
 * A name that nobody sees for what it is names nobody: not a person, a role, a venue, an asset or an
 * engine. Characters that Unicode calls letters or marks, and that no screen shows, are invisible too.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Approver, approversFault } from '../../workflows/domain/gates/approver.js';
import { publicKeyOf, Said } from '../../workflows/domain/gates/decision.js';
import { printable } from '../../workflows/domain/content/printable.js';
import { EngineId, HostName, VenueName } from '../../workflows/domain/content/names.js';
import { parseLivenessLine } from '../../workflows/domain/engine/liveness.js';
import { refusalWith } from '../workers/config/load-text.js';

/** Each is drawn as nothing. The first six are of the general categories Lo, Mn and So. */
const UNSEEN: readonly [name: string, character: string][] = [
  ['Hangul filler', '\u3164'],
  ['Hangul choseong filler', '\u115f'],
  ['half-width Hangul filler', '\uffa0'],
  ['Khmer inherent vowel', '\u17b4'],
  ['combining grapheme joiner', '\u034f'],
  ['variation selector', '\ufe0f'],
  ['soft hyphen', '\u00ad'],
  ['word joiner', '\u2060'],
  ['tag', '\u{e0061}'],
  ['left-to-right isolate', '\u2066'],
  ['byte order mark', '\ufeff'],
];

const key = (digit: string) => [{ ed25519: publicKeyOf(digit.repeat(64)) }];
const person = (name: string, digit: string) => ({ name, roles: ['ops'], keys: key(digit) });

for (const [what, character] of UNSEEN) {
  test(`a person whose name holds a ${what} is refused, or is the one without it`, () => {
    const twin = Approver.safeParse(person(`mei${character}`, '2'));
    if (!twin.success) return;
    const fault = approversFault([Approver.parse(person('mei', '1')), twin.data]);
    assert.match(fault ?? 'two people', /look alike/);
  });

  test(`a ${what} is in no name of an engine, a venue, a host or an instance`, () => {
    for (const schema of [EngineId, VenueName, HostName]) {
      assert.equal(schema.safeParse(`desk${character}`).success, false);
    }
    const hello = { type: 'hello', engineId: 'desk', instanceId: `e1${character}`, pid: 42 };
    const line = JSON.stringify({ ...hello, startTicks: '9', build: '1', epoch: 1 });
    assert.equal(parseLivenessLine(line), null);
  });

  test(`a ${what} is written out on a terminal, where it is no part of a picture`, () => {
    assert.notEqual(printable(`approve${character}`), `approve${character}`);
  });
}

const BLANK: readonly [name: string, reason: string][] = [
  ['Hangul fillers', '\u3164\u3164'],
  ['braille blanks', '\u2800\u2800'],
  ['variation selectors', '\ufe0f\ufe0f'],
  ['combining joiners', '\u034f'],
  ['soft hyphens', '\u00ad\u00ad'],
  ['an ideographic space', '\u3000'],
  ['a no-break space', '\u00a0'],
  ['a line separator between words', 'seen\u2028approved by all'],
  ['a paragraph separator between words', 'seen\u2029approved by all'],
  ['a next-line between words', 'seen\u0085approved by all'],
];

for (const [what, reason] of BLANK) {
  test(`a reason of ${what} is no reason of one line that people can read`, () => {
    const said = { answer: 'approve', reason, approver: 'mei', decidedAtMs: 1 };
    assert.equal(Said.safeParse(said).success, false);
  });
}

const FIELDS: readonly (string | number)[][] = [
  ['approvers', 0, 'name'],
  ['approvers', 0, 'roles', 0],
  ['notify', 0, 'name'],
  ['venues', 'binance', 'account'],
  ['venues', 'binance', 'instruments', 0],
  ['engines', 'alpha', 'cashAssets', 0],
  ['engines', 'alpha', 'policy', 'gates', 'roles', 0],
  ['engines', 'alpha', 'orderIdPrefix'],
  ['host'],
];

for (const path of FIELDS) {
  test(`no invisible letter is taken in ${path.join('.')}`, () => {
    const taken = UNSEEN.filter(([, character]) => {
      const last = path.at(-1);
      const list = typeof last === 'number' && last === 0 && path.length > 1;
      const value = list && path[0] === 'engines' ? [`al${character}`] : `al${character}`;
      return (
        refusalWith(list && path[0] === 'engines' ? path.slice(0, -1) : path, value).length === 0
      );
    });
    assert.deepEqual(
      taken.map(([what]) => what),
      [],
    );
  });
}

for (const [one, other] of [
  ['copa', '\u0441\u043e\u0440\u0430'],
  ['HAX', '\u041d\u0410\u0425'],
  ['mei', 'rnei'],
  ['will', 'vvill'],
  ['ali', 'al\u0131'],
  ['strasse', 'straße'],
  ['jose', 'jose\u0301'],
  ['anna', 'an-na'],
  ['bill', 'bi11'],
  ['soren', 'sören'],
  ['ivo', 'IVO'],
] as const) {
  test(`"${one}" and "${other}" are one name to who reads them, so not two people`, () => {
    const twin = Approver.safeParse(person(other, '2'));
    if (!twin.success) return;
    const fault = approversFault([Approver.parse(person(one, '1')), twin.data]);
    assert.match(fault ?? 'two people', /look alike/);
  });
}
