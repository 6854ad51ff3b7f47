/** The levels, by their names; each is loaded when it is asked for. */
import type { Level } from './level.js';

const LEVELS = {
  workflows: async () => (await import('./workflows.js')).workflowsLevel,
  ports: async () => (await import('./incidents.js')).incidentLevel('ports'),
  wire: async () => (await import('./incidents.js')).incidentLevel('wire'),
} as const satisfies Record<string, () => Promise<Level>>;

export type LevelName = keyof typeof LEVELS;
export const LEVEL_NAMES = Object.keys(LEVELS) as LevelName[];

export async function levelOf(name: LevelName): Promise<Level> {
  return LEVELS[name]();
}
