/**
 * No setting that nobody reads is accepted, at any depth. Where settings may stand is restated here by
 * the full file and not taken from the schema.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { LONG_TESTS } from '../../needs.js';
import { EXAMPLE_TEXT, example, refusal, refusalWith } from './load-text.js';

/** Each reads a whole file, which takes ten milliseconds. */
const MISSPELLINGS = LONG_TESTS ? 400 : 120;
const VALUES = LONG_TESTS ? 600 : 180;

type Settings = Record<string, unknown>;
type Path = readonly (string | number)[];

/** These hold names that people choose, not settings. */
const OF_NAMES =
  /^(venues|engines|engines\.alpha\.(baseline|control\.environment|policy\.(containmentAt|risk\.limits)))$/;

/** With every object that a file may hold in it. */
function full(): Settings {
  const data = example() as {
    venues: { binance: Settings };
    engines: { alpha: { control: Settings; policy: Settings } };
  };
  data.venues.binance['budget'] = { krakenTier: 'pro', maxWaitMs: 1_000 };
  data.venues.binance['password'] = { env: 'PASSWORD' };
  data.engines.alpha.control['environment'] = { LANG: 'C' };
  Object.assign(data.engines.alpha.policy, {
    containmentAt: { binance: 'none' },
    heartbeat: { healthyMs: 1, alarmMs: 2 },
    crashLoop: { maxCrashes: 3, windowMs: 1, maxSameBug: 1, sameBugMs: 1 },
    checkpoint: { freshMs: 1, oldMs: 2, absurdQuantity: '1', onCorrupt: 'ask', onMissing: 'ask' },
    reconciliation: { tolerance: '1', strict: true, fillOverlapMs: 1, dustNotional: '0' },
    orders: { onUnknown: 'ask', arrivalMs: 1, foreign: 'ask', staleDeviation: '1', onStale: 'ask' },
    health: { settleMs: 1 },
    market: { maxVolatility: '1', windowMs: 1, whenClosed: 'ask', recheckMs: 1 },
    ramp: {
      checkEveryMs: 100,
      manualMonitorMs: 1,
      maxStepDowns: 1,
      stages: [
        { percent: 50, strategies: 'low', soakMs: 0, monitorMs: 0 },
        { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
      ],
    },
    gates: { expiresAfterMs: 2, remindAfterMs: 1, quorum: 1, roles: ['ops'] },
  });
  const temporal = { address: 'a:1', namespace: 'n', apiKey: { env: 'K' }, tls: true };
  return {
    ...data,
    temporal: { ...temporal, embedded: { port: 1, uiPort: 2 } },
    log: { level: 'info' },
  };
}

function placesOf(value: unknown, path: Path = []): { path: Path; settings: Settings }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own =
    Array.isArray(value) || OF_NAMES.test(path.join('.'))
      ? []
      : [{ path, settings: value as Settings }];
  const below = Object.entries(value).flatMap(([name, child]) =>
    placesOf(child, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return [...own, ...below];
}

function textOf(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');
}

const PLACES = placesOf(full());
const written = (data: Settings) => stringify(data, { aliasDuplicateObjects: false });

test('the full file is accepted, and has settings at every depth', () => {
  assert.deepEqual(refusal(written(full())), []);
  assert.ok(PLACES.length > 30, `${PLACES.length} places`);
  assert.ok(PLACES.some(({ path }) => path.length === 0));
  assert.ok(PLACES.some(({ path }) => path.at(-2) === 'stages'));
});

test('a setting that does not exist is refused wherever it stands, by its place', () => {
  for (let index = 0; index < PLACES.length; index += 1) {
    const data = full();
    const { path, settings } = placesOf(data)[index] as (typeof PLACES)[number];
    settings['zzUnheardOf'] = 1;
    const lines = refusal(written(data));
    const place = textOf([...path, 'zzUnheardOf']);
    assert.equal(lines.length, 2, lines.join('\n'));
    assert.ok(lines[1]?.startsWith(`${place} (line `), `${place}: ${lines[1]}`);
    assert.match(lines[1] ?? '', /: unknown setting: /);
  }
});

interface Misspelling {
  kind: 'lost' | 'doubled' | 'other' | 'swapped';
  at: number;
}

function misspelt(word: string, { kind, at }: Misspelling): string {
  const i = at % word.length;
  const [before, letter = '', after] = [word.slice(0, i), word[i], word.slice(i + 1)];
  if (kind === 'lost') return before + after;
  if (kind === 'doubled') return before + letter + letter + after;
  if (kind === 'other') return `${before}q${after}`;
  return before + (after[0] ?? '') + letter + after.slice(1);
}

test('a setting with one wrong letter is refused, and the right one is guessed', () => {
  let tried = 0;
  fc.assert(
    fc.property(
      fc.nat(PLACES.length - 1),
      fc.nat(50),
      fc.record({
        kind: fc.constantFrom<Misspelling['kind'][]>('lost', 'doubled', 'other', 'swapped'),
        at: fc.nat(40),
      }),
      (place, key, misspelling) => {
        const data = full();
        const { path, settings } = placesOf(data)[place] as (typeof PLACES)[number];
        const names = Object.keys(settings);
        const right = names[key % names.length] ?? '';
        const wrong = misspelt(right, misspelling);
        // By these a kind is known; and what is another setting's name is no misspelling.
        if (right === 'kind' || names.includes(wrong) || wrong === '') return;
        settings[wrong] = settings[right];
        delete settings[right];
        const lines = refusal(written(data));
        const said = lines.find((line) => line.startsWith(`${textOf([...path, wrong])} (line `));
        assert.match(said ?? lines.join('\n'), /: unknown setting: did you mean /);
        const guesses = said?.split('did you mean ')[1]?.replace('?', '').split(' or ') ?? [];
        assert.ok(guesses.includes(right), `${right}, not ${guesses.join(', ')}`);
        tried += 1;
      },
    ),
    { numRuns: MISSPELLINGS },
  );
  assert.ok(tried > MISSPELLINGS * 0.7, `only ${tried}`);
});

test('what is missing because it is misspelt is told once', () => {
  const lines = refusal(EXAMPLE_TEXT.replace('\nengines:', '\nengnes:'));
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? '', /^engnes \(line 25\): unknown setting: did you mean engines\?$/);
});

test('a setting at the wrong place is led to its own', () => {
  const [, line] = refusalWith(['engines', 'alpha', 'policy', 'maxExposure'], '5');
  assert.match(line ?? '', /unknown setting: it belongs under engines\.NAME\.policy\.risk$/);
});

test('all faults of a file are told together, in its order, and what is missing last', () => {
  const text = EXAMPLE_TEXT.replace('host: tokyo-1', 'hst: tokyo-1')
    .replace('venues: [binance, binanceusdm]', '# none')
    .replace("maxExposure: '1000000'", "maxExposure: '-5'")
    .replace('containment: none', 'containment: nne');
  const places = refusal(text).slice(1);
  assert.deepEqual(
    places.map((line) => line.split(' ')[0]),
    [
      'hst',
      'engines.alpha.policy.containment',
      'engines.alpha.policy.risk.maxExposure',
      'engines.alpha.venues',
    ],
  );
  assert.match(places[2] ?? '', /\(line \d+\): "-5" must be above 0$/);
  assert.match(places[3] ?? '', /is missing/);
});

test('no more than fifty faults are told, and how many more', () => {
  const many = Array.from({ length: 70 }, (_, index) => `zz${index}: 1`).join('\n');
  const lines = refusal(`${EXAMPLE_TEXT}\n${many}\n`);
  assert.equal(lines.length, 52);
  assert.equal(lines.at(-1), 'and 20 more');
});

test('no secret is shown that was written where it does not belong', () => {
  const secret = 'sk-live-51H8x';
  for (const path of [
    ['venues', 'binance', 'apiKey'],
    ['venues', 'binance', 'apiKey', 'env'],
    ['venues', 'binance', 'url'],
    ['engines', 'alpha', 'control', 'url'],
    ['engines', 'alpha', 'control', 'token'],
    ['engines', 'alpha', 'control', 'start'],
    ['engines', 'alpha', 'control', 'environment'],
    ['approvers', 0, 'publicKey'],
    ['notify', 0, 'url'],
    ['notify', 0],
    ['venues', 'binance'],
  ]) {
    const lines = refusalWith(path, secret);
    assert.ok(lines.length > 0, path.join('.'));
    assert.ok(!lines.join('\n').includes(secret), lines.join('\n'));
  }
});

/** Every place of a value, settings and names alike. */
function valuePaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, child]) =>
    valuePaths(child, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 ? below : [path, ...below];
}

const PATHS = valuePaths(full());

test('whatever stands at any place is accepted or refused in bounded words, never by a crash', () => {
  const counts = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...PATHS),
      fc.oneof(
        fc.constantFrom<unknown>(null, '', 'x'.repeat(100_000), '\u0000', '__proto__', -1, 1e308),
        fc.constantFrom<unknown>(
          [],
          {},
          [[]],
          [null],
          [{}],
          { a: 1 },
          true,
          '1e9',
          'http://[',
          '0',
        ),
        fc.double(),
        fc.string({ unit: 'binary' }),
        fc.jsonValue({ maxDepth: 2 }),
      ),
      (path, value) => {
        const data = full();
        let at = data as Record<string | number, unknown>;
        for (const part of path.slice(0, -1)) at = at[part] as typeof at;
        at[path.at(-1) ?? ''] = value;
        const lines = refusal(written(data));
        if (lines.length === 0) counts.accepted += 1;
        else counts.refused += 1;
        for (const line of lines) {
          assert.ok(line.length < 1_000, `${line.length} characters`);
          assert.doesNotMatch(line, /\p{Cc}|\u202e/u);
        }
      },
    ),
    { numRuns: VALUES },
  );
  const { accepted, refused } = counts;
  assert.ok(accepted > VALUES / 60 && refused > VALUES / 2, JSON.stringify(counts));
});
