/** Commands as a configuration writes them: which answers there are, and what is said of others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { example, refusal } from './load-text.js';

type Settings = Record<string, unknown>;

const AT = 'engines.alpha.control';
const exit = (...argv: string[]) => ({ argv, answers: 'exit' });

/** As a team with the procedure's scripts writes it. */
const SCRIPTS = {
  quickHealth: exit('scripts/health_check.sh', '--quick'),
  comprehensiveHealth: exit('scripts/health_check.sh', '--comprehensive'),
  state: { argv: ['scripts/get_internal_positions.sh', '--json'], answers: 'positions' },
  riskLimits: exit('scripts/verify_risk_limits.sh'),
  setLimits: ['scripts/set_position_limits.sh', '--percentage', '{percent}'],
  enableStrategies: {
    argv: ['scripts/enable_strategies.sh', '--risk-level', '{level}'],
    levels: { all: ['scripts/enable_strategies.sh', '--all'] },
  },
  shutdown: ['scripts/emergency_shutdown.sh'],
};

function refusalOf(commands: Settings, change: Settings = {}): string[] {
  const data = example() as { engines: { alpha: { control: Settings } } };
  const { url, token, ...launch } = data.engines.alpha.control;
  assert.ok(url !== undefined && token !== undefined);
  const start = { argv: ['scripts/start_services.sh', '--no-trading'], returnsWithinMs: 30_000 };
  const all = { ...SCRIPTS, ...commands };
  data.engines.alpha.control = { ...launch, kind: 'commands', start, ...change, commands: all };
  return refusal(stringify(data, { aliasDuplicateObjects: false })).slice(1);
}

test("the procedure's scripts are taken as they are", () => {
  assert.deepEqual(refusalOf({}), []);
  assert.deepEqual(refusalOf({ quickHealth: ['plain'] }, { stopWithinMs: 60_000 }), []);
});

for (const [name, value, words] of [
  ['stateDigest', exit('digest'), /commands\.stateDigest\.answers.*must be json/],
  ['state', exit('state'), /commands\.state\.answers.*must be one of json, positions/],
  ['quickHealth', { argv: ['x'], answers: 'positions' }, /quickHealth\.answers.* json, exit/],
  ['quickHealth', { argv: ['x'], answers: 'exits' }, /answers.*must be one of json, exit/],
  ['quickHealth', { argv: [], answers: 'exit' }, /commands\.quickHealth\.argv.*at least 1/],
  ['quickHealth', { answers: 'exit' }, /commands\.quickHealth\.argv.*is missing/],
  ['quickHealth', 'scripts/health_check.sh', /commands\.quickHealth.*is of no kind/],
  ['shutdown', { argv: ['x'], levels: {} }, /commands\.shutdown\.levels.*unknown setting/],
  [
    'enableStrategies',
    { argv: ['x'], levels: { high: ['x'] } },
    /commands\.enableStrategies\.levels.*(high|low, medium, all)/,
  ],
] as const) {
  test(`refused with field and remedy: ${name} ${JSON.stringify(value)}`, () => {
    const said = refusalOf({ [name]: value });
    assert.equal(said.length, 1, said.join('\n'));
    assert.match(said[0] ?? '', words);
  });
}

test('how long a start and a stop may take has bounds, and one without is refused', () => {
  const start = { argv: ['start'] };
  assert.match(refusalOf({}, { start }).join(), /control\.start\.returnsWithinMs.*is missing/);
  assert.match(
    refusalOf({}, { start: { ...start, returnsWithinMs: 45_001 } }).join(),
    /start\.returnsWithinMs.*must be at most 45000/,
  );
  assert.match(refusalOf({}, { stopWithinMs: 60_001 }).join(), /60001 must be at most 60000/);
  assert.match(refusalOf({}, { stopWithinMs: 0 }).join(), /0 must be at least 1/);
});

test('a variable by which commands are told of their engine is ours to set', () => {
  const said = refusalOf({}, { environment: { RELIGHT_FOR_EPOCH: '1' } });
  assert.match(said.join(), new RegExp(`${AT}.environment sets RELIGHT_FOR_EPOCH`));
});
