/** The levels, by their names; each is loaded when it is asked for first. */
import type { Level, LevelName } from './level.js';

const LEVELS = {
  workflows: async () => (await import('./workflows.js')).workflowsLevel,
  ports: async () => (await import('./incidents.js')).incidentLevel('ports'),
  wire: async () => (await import('./incidents.js')).incidentLevel('wire'),
} as const satisfies Record<LevelName, () => Promise<Level>>;

const loaded = new Map<LevelName, Promise<Level>>();

export async function levelOf(name: LevelName): Promise<Level> {
  const level = loaded.get(name) ?? LEVELS[name]();
  loaded.set(name, level);
  return level;
}
