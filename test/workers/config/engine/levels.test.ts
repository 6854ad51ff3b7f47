/** An engine that offers less: what a configuration may leave out, and what is refused of that. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import {
  capabilityLines,
  integrationOf,
  type CapabilityLine,
} from '../../../../workflows/domain/engine/integration.js';
import { bootOfEngine } from '../../../../workers/config/engine/boot.js';
import { factsOf } from '../../../../workers/config/engine/integration.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { example, EXAMPLE_TEXT, refusal } from '../load-text.js';

type Settings = Record<string, unknown>;

const LEAST = {
  control: undefined,
  liveness: [
    { kind: 'process', pidFile: '/run/engine.pid' },
    { kind: 'health', url: 'http://127.0.0.1:8080/health' },
  ],
  process: { kind: 'by_hand', instruction: 'start the engine with trading off' },
  instructions: {
    setLimits: 'set the position limit to {percent} %',
    enableStrategies: 'switch trading on',
    shutdown: 'stop the engine',
  },
};

function textWith(change: Settings): string {
  const data = example() as { engines: { alpha: Settings } };
  Object.assign(data.engines.alpha, change);
  return stringify(data, { aliasDuplicateObjects: false });
}

function engineWith(change: Settings) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-levels-'));
  try {
    const path = join(folder, 'relight.yaml');
    writeFileSync(path, textWith(change), { mode: 0o600 });
    const { alpha } = loadConfig(path).engines;
    return alpha ?? assert.fail('no engine');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const launch = {
  start: ['/opt/alpha/start'],
  workingFolder: '/opt/alpha',
  logFile: '/var/log/alpha.log',
};

test('a pid file and a health URL are enough, where a person starts it', () => {
  const engine = engineWith(LEAST);
  assert.equal(engine.control.kind, 'none');
  assert.deepEqual(factsOf(engine).byHand, {
    start: {
      kind: 'by_hand',
      instruction: 'start the engine with trading off',
      readyWithinMs: null,
    },
    setLimits: 'set the position limit to {percent} %',
    enableStrategies: 'switch trading on',
    shutdown: 'stop the engine',
  });
});

test('an engine that offers all has no line to tell', () => {
  const engine = engineWith({});
  assert.equal(integrationOf(factsOf(engine)), null);
  const standings = capabilityLines(factsOf(engine)).map(({ standing }) => standing);
  assert.deepEqual(new Set(standings), new Set(['offered']));
});

const exit = (name: string) => ({ argv: [name], answers: 'exit' });
const COMMANDS: Settings = {
  quickHealth: ['quick'],
  comprehensiveHealth: ['all'],
  state: ['state'],
  stateDigest: ['digest'],
  riskLimits: ['limits'],
  setLimits: exit('set'),
  enableStrategies: exit('enable'),
  shutdown: exit('stop'),
};

function lineOf(capability: string, change: Settings, policy: Settings = {}): CapabilityLine {
  const commands = { ...COMMANDS, ...change };
  const engine = engineWith({ control: { kind: 'commands', commands, ...launch }, policy });
  const lines = capabilityLines(factsOf(engine));
  return lines.find((line) => line.capability === capability) ?? assert.fail(capability);
}

/** Each command left out: how it stands then, what does it in its place, what that costs. */
for (const [capability, standing, by, cost] of [
  ['quickHealth', 'unverified', /^process alive$/, /that its process lives is all/],
  ['comprehensiveHealth', 'replaced', /^its quick health$/, /services are UNVERIFIED/],
  ['state', 'replaced', /^its digest alone$/, /not compared in the ramp/],
  ['riskLimits', 'not_offered', /^skipped: none is demanded$/, /limits not proven/],
  ['setLimits', 'by_hand', /^a person: set the position limits to \{percent\} %/, /verified by/],
  ['enableStrategies', 'by_hand', /^a person: enable the strategies/, /verified by nothing/],
  ['shutdown', 'replaced', /^SIGTERM, a grace, SIGKILL/, /looked up afterwards/],
] as const) {
  test(`without ${capability} it is ${standing}, and says by what`, () => {
    assert.equal(lineOf(capability, {}).standing, 'offered');
    const line = lineOf(capability, { [capability]: undefined });
    assert.equal(line.standing, standing);
    assert.match(line.by, by);
    assert.match(line.cost ?? '', cost);
  });
}

test('without state and digest nothing says what it holds: asked, or reported by policy', () => {
  const neither = { state: undefined, stateDigest: undefined };
  const asked = lineOf('state', neither);
  assert.deepEqual([asked.standing, asked.by], ['unverified', 'nothing']);
  assert.match(asked.cost ?? '', /orders: asked/);
  assert.match(lineOf('state', neither, { onUnverified: 'report' }).cost ?? '', /orders: reported/);
  assert.equal(lineOf('stateDigest', neither).standing, 'unverified');
  const made = lineOf('stateDigest', { stateDigest: undefined });
  assert.deepEqual([made.standing, made.by, made.cost], ['replaced', 'made of its state', null]);
});

test('limits that are demanded and told by nothing are asked about by name', () => {
  const policy = { risk: { limits: { maxDailyLoss: '25000' } } };
  const line = lineOf('riskLimits', { riskLimits: undefined }, policy);
  assert.equal(line.standing, 'unverified');
  assert.match(line.cost ?? '', /asked about: maxDailyLoss$/);
});

test('a hello, a heartbeat and a name of its own are each replaced by name, or missing by name', () => {
  const find = (liveness: unknown) => {
    const lines = capabilityLines(factsOf(engineWith({ ...LEAST, liveness })));
    return (name: string) => lines.find(({ capability }) => capability === name);
  };
  const least = find(LEAST.liveness);
  assert.equal(least('death')?.by, 'process of its pid file, every 25 ms');
  assert.match(least('death')?.cost ?? '', /in place of hello: a stop that nobody ordered here/);
  assert.match(least('hang')?.by ?? '', /^health URL http:/);
  assert.match(least('quickHealth')?.by ?? '', /^health URL http:/);
  assert.match(least('instance')?.cost ?? '', /no fence within the engine/);
  const without = find([{ kind: 'process', pidFile: '/run/engine.pid' }]);
  assert.deepEqual(without('hang')?.standing, 'not_offered');
  assert.match(without('hang')?.cost ?? '', /one that hangs is not seen/);
});

test('what would be started by nobody, or by two, is refused with its remedy', () => {
  const said = (change: Settings) => refusal(textWith(change)).slice(1).join('\n');
  assert.equal(said({}), '');
  assert.equal(said(LEAST), '');
  assert.match(
    said({ ...LEAST, process: undefined }),
    /engines\.alpha\.control\.start is missing, .*process: \{kind: by_hand, instruction/,
  );
  assert.match(
    said({ ...LEAST, control: { kind: 'none', start: ['x'] } }),
    /control\.start is never run, as process\.kind is by_hand/,
  );
  assert.match(
    said({ ...LEAST, process: undefined, control: { kind: 'none', start: ['x'] } }),
    /control\.logFile is missing/,
  );
  assert.match(
    said({ process: { kind: 'by_hand' } }),
    /engines\.alpha\.process\.instruction.*is missing/,
  );
});

test('an instruction that nobody would be shown is refused', () => {
  const text = textWith({ instructions: { setLimits: 'turn it down' } });
  assert.match(
    refusal(text).join('\n'),
    /instructions\.setLimits is told to nobody, as control offers setLimits/,
  );
  assert.ok(EXAMPLE_TEXT.includes('kind: http'), 'which offers all');
});

const TOLD = ['sync', 'updatePosition', 'importOrder'];

const HTTP = { kind: 'http', url: 'http://127.0.0.1:7070', ...launch };

/** By what the engine's configuration says, over HTTP and by commands alike. */
function bootWith(offers: readonly string[], change: Settings = {}, checkpoints: Settings = {}) {
  const commands = Object.fromEntries(offers.map((name) => [name, [name]]));
  const as = (control: Settings) => {
    const { alpha } = (example() as { engines: { alpha: { checkpoints: Settings } } }).engines;
    const engine = engineWith({
      control: { ...launch, ...control, ...change },
      checkpoints: { ...alpha.checkpoints, ...checkpoints },
    });
    const line = capabilityLines(factsOf(engine)).find(({ capability }) => capability === 'boot');
    return { boot: bootOfEngine(engine), line };
  };
  return { http: as({ ...HTTP, offers }), scripts: as({ kind: 'commands', commands }) };
}

test('what is told over HTTP makes the same boot as by commands, but for the hour of it', () => {
  const start = ['/opt/engine', '--no-trading'];
  const { http, scripts } = bootWith(TOLD, { start });
  assert.deepEqual(http.boot, { from: 'import', imports: 'after_start', syncs: true });
  assert.deepEqual(scripts.boot, { ...http.boot, imports: 'before_start' });
  const early = bootWith(TOLD, { start }, { imports: 'before_start' });
  assert.equal(early.http.boot.imports, 'before_start', 'what somebody has said holds');
  assert.deepEqual(http.line, scripts.line);
  assert.doesNotMatch(http.line?.cost ?? '', /people enter/);
  const half = bootWith(['updatePosition'], { start });
  assert.deepEqual(half.http.line, half.scripts.line);
  assert.match(half.http.line?.cost ?? '', /; people enter its orders$/);
});

test('over HTTP the file stays the way where it is given, or where nothing can be told', () => {
  assert.equal(bootWith(TOLD, { start: ['/opt/engine', '{state}'] }).http.boot.from, 'file');
  assert.deepEqual(bootWith([], { start: ['/opt/engine'] }).http.boot, {
    from: 'file',
    imports: 'after_start',
    syncs: false,
  });
  const said = refusal(textWith({ control: { ...HTTP, offers: ['sink'] } }))
    .slice(1)
    .join('\n');
  assert.match(said, /control\.offers\[0\].*"sink".*(sync|updatePosition)/);
  const twice = refusal(textWith({ control: { ...HTTP, offers: ['sync', 'sync'] } })).join('\n');
  assert.match(twice, /control\.offers\[1\].*stands there twice/);
});
