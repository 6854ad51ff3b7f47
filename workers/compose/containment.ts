/** What the agent needs to contain by itself: its own keys at the venues, and its memory. */
import { join } from 'node:path';
import type { VenueAccount } from '../../activities/ports.js';
import {
  createContainmentMemory,
  type ContainmentMemory,
} from '../../clients/host/containment-memory.js';
import { agentVenues } from '../config/containment.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import { composeVenues } from './venues.js';

export function composeContainmentMemory({ dataDir }: Config): ContainmentMemory {
  return createContainmentMemory(join(dataDir, 'containment'));
}

/** Reached by the agent's own keys, which are read when they are needed; none where it has none. */
export function composeAgentAccounts(config: Config, engineId: string): VenueAccount[] {
  const engine = engineOf(config, engineId);
  const own = agentVenues(engine);
  const venues = Object.fromEntries(
    own.flatMap((venue) => {
      const [settings, key] = [config.venues[venue], engine.containment.venues[venue]];
      return settings === undefined ? [] : [[venue, { ...settings, ...key }]];
    }),
  );
  const engines = { [engineId]: { ...engine, venues: own } };
  const field = `engines.${engineId}.containment.venues`;
  return composeVenues({ ...config, venues, engines }, field).ofEngine(engineId);
}
