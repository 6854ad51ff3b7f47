/**
 * Files that import each other in a circle, types included: such files are one file in several
 * pieces, and can be neither read nor moved alone. The linter's rule does not see types.
 */
import { posix } from 'node:path';
import { listImports, withoutEnding, type Source } from './source.js';

type Graph = Map<string, Set<string>>;

/** One sentence for each group of files in which every one reaches every other. */
export function findCircles(sources: readonly Source[]): string[] {
  return circlesIn(graphOf(sources, (path) => path)).map(
    (files) => `these files import each other in a circle: ${files.join(', ')}`,
  );
}

/** The same over the rooms of the domain: a file may be alone in order, and its room not. */
export function findCirclesOfRooms(sources: readonly Source[], within: string): string[] {
  const inside = sources.filter(({ path }) => path.startsWith(within));
  return circlesIn(graphOf(inside, (path) => posix.dirname(path))).map(
    (rooms) => `these folders import each other in a circle: ${rooms.join(', ')}`,
  );
}

function graphOf(sources: readonly Source[], nodeOf: (path: string) => string): Graph {
  const graph: Graph = new Map();
  for (const source of sources) {
    const node = nodeOf(withoutEnding(source.path));
    const reached = graph.get(node) ?? new Set();
    graph.set(node, reached);
    for (const { target } of listImports(source)) {
      const other = nodeOf(target);
      // A file that imports itself is a circle, a folder is not.
      if (!target.startsWith('package:') && (other !== node || target === node)) reached.add(other);
    }
  }
  return graph;
}

/** A node is in a circle if it reaches itself; two are in the same one if each reaches the other. */
function circlesIn(graph: Graph): string[][] {
  const reach = new Map([...graph.keys()].map((node) => [node, reachedFrom(node, graph)]));
  const circles = new Map<string, string[]>();
  for (const [node, reached] of reach) {
    if (!reached.has(node)) continue;
    const circle = [...reached].filter((other) => reach.get(other)?.has(node)).sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

function reachedFrom(start: string, graph: Graph): Set<string> {
  const reached = new Set<string>();
  const open = [...(graph.get(start) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    open.push(...(graph.get(node) ?? []));
  }
  return reached;
}
