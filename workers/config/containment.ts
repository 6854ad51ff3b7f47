/** Containment by the agent, as configuration has it: where it may act, and what is lost without. */
import { shutdownCommand } from '../../workflows/domain/notices/shutdown-command.js';
import { containmentOf } from '../../workflows/domain/policy/policy.js';
import { shown } from './reading/shown.js';
import type { Config, EngineConfig } from './schema.js';

/** A venue that is not its own, no key at all, or the key of the worker: with one, nonces would cross. */
export function containmentFault({ venues, engines }: Config, id: string): string | null {
  const { containment, venues: own = [] } = engines[id] ?? {};
  if (containment === undefined) return null;
  const field = `engines.${id}.containment`;
  const named = Object.entries(containment.venues);
  const stranger = named.find(([venue]) => !own.includes(venue))?.[0];
  if (stranger !== undefined) {
    return `${field}.venues names ${shown(stranger)}, which is not one of its venues (there are: ${own.join(', ')})`;
  }
  const agent = byAgentFault(engines[id], field);
  if (agent !== null) return agent;
  const shared = named.find(
    ([venue, key]) => JSON.stringify(key.apiKey) === JSON.stringify(venues[venue]?.apiKey),
  )?.[0];
  if (shared === undefined) return null;
  return `${field}.venues.${shared}.apiKey is that of venues.${shared}: give the agent a key of its own`;
}

function byAgentFault(engine: EngineConfig | undefined, field: string): string | null {
  if (engine?.containment.byAgent !== true) return null;
  if (Object.keys(engine.containment.venues).length === 0) {
    return `${field}.byAgent needs a key of its own: name apiKey and secret under ${field}.venues`;
  }
  if (engine.ownership?.kind !== 'engine') return null;
  return (
    `${field}.byAgent is true, which finds orders by their names alone, and ownership.kind is engine: ` +
    'write ownership: {kind: prefix, prefixes: {VENUE: [PREFIX]}}, or byAgent: false'
  );
}

/** Where the agent has a key to act with. */
export function agentVenues({ containment, venues }: EngineConfig): string[] {
  if (!containment.byAgent) return [];
  return venues.filter((venue) => Object.hasOwn(containment.venues, venue));
}

/** What nobody does at a crash while Temporal is away, in words; null where nothing is lost. */
export function lostWithoutTemporal(engineId: string, engine: EngineConfig): string | null {
  const byAgent = agentVenues(engine);
  const lost = engine.venues.filter((venue) => {
    const action = containmentOf(engine.policy, venue);
    return action !== 'none' && (action !== 'cancel_own_orders' || !byAgent.includes(venue));
  });
  if (lost.length === 0) return null;
  return (
    `while Temporal is away nobody contains a crash at ${lost.join(', ')}: give the agent a key of its ` +
    `own there (engines.${engineId}.containment), or run ${shutdownCommand(engineId)}`
  );
}
