/** What an engine offers, as its configuration has it; judged by workflows/domain/engine/integration.ts. */
import type { LivenessEntry } from '../../../clients/detector/settings.js';
import {
  capabilityLines,
  integrationOf,
  type ByHand,
  type CapabilityLine,
  type EngineFacts,
  type Integration,
} from '../../../workflows/domain/engine/integration.js';
import { bootOfEngine } from './boot.js';
import { checkpointKindOf } from './checkpoints.js';
import { offersOf } from './offers.js';
import type { EngineConfig } from '../schema.js';

/** A line for each, of what is offered too. */
export function capabilitiesIn(engine: EngineConfig): CapabilityLine[] {
  return capabilityLines(factsOf(engine));
}

/** Null where it offers all. */
export function integrationIn(engine: EngineConfig): Integration | null {
  return integrationOf(factsOf(engine));
}

export function factsOf(engine: EngineConfig): EngineFacts {
  const { liveness, policy } = engine;
  const answers = offersOf(engine);
  return {
    liveness: liveness.map((entry) => ({ kind: entry.kind, words: wordsOf(entry) })),
    answers,
    byHand: byHandOf(engine, answers),
    checkpoints: checkpointKindOf(engine.checkpoints),
    boot: bootOfEngine(engine),
    ownership: engine.ownership?.kind ?? 'prefix',
    limits: Object.keys(policy.risk.limits),
    asks: policy.onUnverified === 'ask',
  };
}

function byHandOf(
  { process, instructions }: EngineConfig,
  { setLimits, enableStrategies, shutdown }: EngineFacts['answers'],
): ByHand {
  const unless = (answer: unknown, text: string) => (answer === undefined ? text : null);
  return {
    start: process.kind === 'by_hand' ? process : null,
    setLimits: unless(setLimits, instructions.setLimits),
    enableStrategies: unless(enableStrategies, instructions.enableStrategies),
    shutdown: unless(shutdown, instructions.shutdown),
  };
}

/** In a line for people. */
function wordsOf(entry: LivenessEntry): string {
  switch (entry.kind) {
    case 'socket':
      return 'hello on its socket';
    case 'heartbeat':
      return 'heartbeat file';
    case 'process':
      return `process ${namedBy(entry)}, every ${entry.everyMs} ms`;
    case 'health':
      return `health URL ${entry.url}, every ${entry.everyMs} ms, ${entry.fails} bad answers in a row`;
    case 'systemd':
      return `unit ${entry.unit}`;
    case 'threads':
      return `thread ${entry.thread} standing still`;
    case 'log':
      return `a line of its log (${entry.means})`;
    case 'core':
      return 'its core';
  }
}

function namedBy({ pidFile, unit, match }: Extract<LivenessEntry, { kind: 'process' }>): string {
  if (pidFile !== undefined) return 'of its pid file';
  if (unit !== undefined) return `of unit ${unit}`;
  return match === undefined ? 'table' : `by pattern ${match.command}`;
}
