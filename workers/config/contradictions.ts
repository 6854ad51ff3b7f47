/**
 * Settings that are sound each for itself, and not together: a reminder after the expiry, a ramp that
 * falls, secrets that would be sent where all can read them. A sentence each, with the remedy.
 */
import type { RampStage } from '../../workflows/domain/policy/policy.js';
import { checkpointKindFault } from './engine/checkpoints.js';
import { factsOf } from './engine/integration.js';
import { livenessFault } from './engine/liveness.js';
import type { Config, EngineConfig } from './schema.js';
import { allPrefixes } from '../../workflows/domain/orders/names.js';
import { sharedPrefixOf } from '../../workflows/domain/orders/shared-prefixes.js';
import { isLoopback } from './values.js';
import { shown } from './reading/shown.js';

type Look = (config: Config, id: string, written: unknown) => string | null;

export const CONTRADICTIONS: readonly Look[] = [
  ofEngine(livenessFault),
  ofEngine(ownedVariable),
  ofEngine(bareControl),
  ofEngine(startFault),
  ofEngine(twoMarks),
  accountNotExclusive,
  ofEngine(vainInstruction),
  ofEngine(freqtradeVenues),
  ofEngine(heartbeatFault),
  ofEngine(checkpointFault),
  ofEngine(checkpointKindFault),
  ofEngine(rampFault),
  ofEngine(reminderFault),
  ofEngine(neverCameUpFault),
];

/** Of whatever is reached over a network without an engine's part in it. */
export function addressFaults({ venues, temporal, artifacts }: Config): string[] {
  const { s3 } = artifacts;
  const inTheClear =
    s3 !== null && isOpen(s3.endpoint, { containers: false })
      ? ['artifacts.s3.endpoint: books and reports would be sent in the clear: use https']
      : [];
  const open = Object.entries(venues)
    .filter(([, { url }]) => url !== null && isOpen(url, { containers: true }))
    .map(
      ([name]) =>
        `venues.${name}.url: keys and orders would be sent to another machine in the clear: use https`,
    );
  const { apiKey, tls, address } = temporal;
  const host = address?.replace(/:\d+$/, '') ?? 'localhost';
  if (apiKey === null || tls || isLoopback(host)) return [...inTheClear, ...open];
  return [
    ...inTheClear,
    ...open,
    'temporal.apiKey: would be sent to another machine in the clear: set temporal.tls to true',
  ];
}

/** A window that closes nothing is a mistake that nobody would see. */
export function calendarFaults({ venues }: Config): string[] {
  return Object.entries(venues).flatMap(([name, { closed, instruments }]) =>
    closed.flatMap((window, index) => {
      const field = `venues.${name}.closed[${index}]`;
      const strange = window.instruments?.find((one) => !instruments.includes(one));
      const isEmpty = !('days' in window) && Date.parse(window.until) <= Date.parse(window.from);
      return [
        ...(strange === undefined
          ? []
          : [`${field}.instruments names ${shown(strange)}, which is not under instruments`]),
        ...(isEmpty ? [`${field}.until must be after from`] : []),
      ];
    }),
  );
}

/** Every program made with that library begins its orders so: those of others would be taken for ours. */
export function prefixWarnings({ engines }: Config): string[] {
  return Object.entries(engines).flatMap(([id, { orderIdPrefix }]) =>
    allPrefixes(orderIdPrefix).flatMap((prefix) => {
      const shared = sharedPrefixOf(prefix);
      if (shared === null) return [];
      return [
        `engines.${id}.orderIdPrefix "${prefix}" begins the orders of ${shared} too, and so of every ` +
          'program that uses it: those of others at the same account would be cancelled with ' +
          'ours. Give the engine a prefix of its own',
      ];
    }),
  );
}

/** What is accepted, and should be known before the first crash. */
export function warningsOf({ engines }: Config): string[] {
  return Object.entries(engines).flatMap(([id, { control }]) => {
    if (!('url' in control)) return [];
    const field = `engines.${id}.control`;
    if (control.kind === 'http' && control.token === null) {
      return [`${field}.token: there is none, so that any process there may command the engine`];
    }
    return isOpen(control.url, { containers: false })
      ? [
          `${field}.url: the ${secretOf(control)} is sent to another machine in the clear: use https`,
        ]
      : [];
  });
}

function secretOf({ kind }: EngineConfig['control']): string {
  return kind === 'freqtrade' ? 'login' : 'token';
}

function ofEngine(look: (engine: EngineConfig, field: string, written: unknown) => string | null) {
  return ({ engines }: Config, id: string, written: unknown): string | null => {
    const engine = engines[id];
    if (engine === undefined) return null;
    return look(engine, `engines.${id}`, childOf(childOf(written, 'engines'), id));
  };
}

/** Over another machine's network without TLS. A name without dots is a container beside us. */
function isOpen(url: string, { containers }: { containers: boolean }): boolean {
  const { protocol, hostname } = new URL(url);
  const beside = containers && !/[.:]/.test(hostname);
  return protocol === 'http:' && !isLoopback(hostname) && !beside;
}

/** By these Relight finds the processes of an engine, and tells its commands what they are for. */
const OWN_VARIABLES = [
  'RELIGHT_ENGINE',
  'RELIGHT_INSTANCE',
  'RELIGHT_EPOCH',
  'RELIGHT_INSTALLATION',
  'RELIGHT_FOR_ENGINE',
  'RELIGHT_FOR_INSTANCE',
  'RELIGHT_FOR_EPOCH',
  'RELIGHT_IDEMPOTENCY_KEY',
];

function ownedVariable({ control }: EngineConfig, field: string): string | null {
  const own = OWN_VARIABLES.find((name) => name in control.environment);
  if (own === undefined) return null;
  return `${field}.control.environment sets ${own}, which Relight sets itself: leave it out`;
}

function bareControl({ control }: EngineConfig, field: string): string | null {
  if (control.kind !== 'http' || control.token !== null) return null;
  const { protocol, hostname } = new URL(control.url);
  if (isLoopback(hostname)) return null;
  const clear = protocol === 'http:' ? ' and use https' : '';
  return (
    `${field}.control.url leads to another machine without a token, so that everybody there may ` +
    `command the engine: set control.token${clear}`
  );
}

/** It is started by one of two: a command, or a person. */
function startFault({ control, process }: EngineConfig, field: string): string | null {
  const { start, logFile } = control;
  if (process.kind === 'by_hand') {
    if (start === null) return null;
    return `${field}.control.start is never run, as process.kind is by_hand: leave one of the two out`;
  }
  if (start === null) {
    return (
      `${field}.control.start is missing, so that nothing starts it: name the program, or have a person do it: ` +
      'process: {kind: by_hand, instruction: ...}'
    );
  }
  if (logFile !== null) return null;
  return `${field}.control.logFile is missing: name the file where what it prints is kept`;
}

function twoMarks({ ownership }: EngineConfig, field: string, written: unknown): string | null {
  if (ownership === null || childOf(written, 'orderIdPrefix') === undefined) return null;
  return `${field}.orderIdPrefix and ownership both say which orders are its own: leave one of the two out`;
}

/** Its orders could not be told from those of others. */
function accountNotExclusive({ venues, engines }: Config, id: string): string | null {
  const engine = engines[id];
  if (engine?.ownership?.kind !== 'account') return null;
  const open = engine.venues.find((name) => venues[name]?.exclusive === false);
  if (open === undefined) return null;
  return (
    `engines.${id}.ownership is the whole account, and venues.${open}.exclusive is not true: set it where nobody ` +
    'else trades there, or name the orders by prefix or engine'
  );
}

/** A text that nobody would ever be shown is a mistake. */
function vainInstruction(engine: EngineConfig, field: string, written: unknown): string | null {
  const { byHand } = factsOf(engine);
  const said = childOf(written, 'instructions');
  const vain = (['setLimits', 'enableStrategies', 'shutdown'] as const).find(
    (name) => byHand[name] === null && childOf(said, name) !== undefined,
  );
  if (vain === undefined) return null;
  return `${field}.instructions.${vain} is told to nobody, as control offers ${vain}: leave it out`;
}

/** Its trades name no venue. */
function freqtradeVenues({ control, venues }: EngineConfig, field: string): string | null {
  if (control.kind !== 'freqtrade' || venues.length === 1) return null;
  return (
    `${field}.venues are ${venues.length}, and control.kind is freqtrade, which trades at one exchange: ` +
    'write the one of its configuration'
  );
}

function neverCameUpFault(
  { neverCameUp, startsWithinMs }: EngineConfig,
  field: string,
): string | null {
  if (neverCameUp === 'tell' || startsWithinMs !== null) return null;
  return (
    `${field}.neverCameUp is recover, and startsWithinMs is null, so that nothing is ever found not to have come ` +
    'up: set startsWithinMs, or leave neverCameUp out'
  );
}

function heartbeatFault({ policy: { heartbeat } }: EngineConfig, field: string): string | null {
  const { healthyMs, alarmMs } = heartbeat;
  if (healthyMs < alarmMs) return null;
  return (
    `${field}.policy.heartbeat.healthyMs ${healthyMs} must be below alarmMs ${alarmMs}: ` +
    `a heartbeat cannot be healthy and an alarm`
  );
}

function checkpointFault({ policy: { checkpoint } }: EngineConfig, field: string): string | null {
  const { freshMs, oldMs } = checkpoint;
  if (freshMs <= oldMs) return null;
  return (
    `${field}.policy.checkpoint.freshMs ${freshMs} must not be above oldMs ${oldMs}: ` +
    `a checkpoint cannot be fresh and old`
  );
}

const RISK: Readonly<Record<RampStage['strategies'], number>> = { low: 0, medium: 1, all: 2 };

function rampFault({ policy: { ramp } }: EngineConfig, field: string): string | null {
  const { stages } = ramp;
  const at = `${field}.policy.ramp.stages`;
  if ((stages[0]?.percent ?? 0) >= 100) {
    return `${at}[0].percent 100 is no ramp: begin below 100, as the procedure does with 50`;
  }
  for (const [index, stage] of stages.entries()) {
    const before = stages[index - 1];
    if (before === undefined) continue;
    if (stage.percent <= before.percent) {
      return `${at}[${index}].percent ${stage.percent} must be above the ${before.percent} of the stage before`;
    }
    if (RISK[stage.strategies] < RISK[before.strategies]) {
      return `${at}[${index}].strategies ${stage.strategies} must not be less than the ${before.strategies} of the stage before`;
    }
  }
  return null;
}

/** A default that comes too late is no reminder; one that somebody wrote is a mistake. */
function reminderFault(engine: EngineConfig, field: string, written: unknown): string | null {
  const { remindAfterMs, expiresAfterMs } = engine.policy.gates;
  const gates = childOf(childOf(written, 'policy'), 'gates');
  if (remindAfterMs < expiresAfterMs || childOf(gates, 'remindAfterMs') === undefined) return null;
  return (
    `${field}.policy.gates.remindAfterMs ${remindAfterMs} must be below expiresAfterMs ` +
    `${expiresAfterMs}: nobody is reminded of what has expired`
  );
}

function childOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
