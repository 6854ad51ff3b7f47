/**
 * As much of a configuration as reading the venues can go by: an engine that is not yet described whole has accounts
 * all the same.
 *
 * Invariants: only parts that a reading of the venues never needs are passed over, and each is named; whoever would
 * use one of them is told that it is not there, and nothing in its place.
 */
import type { z } from 'zod';
import type { Config } from './schema.js';

/** By engine: the parts that are not there, or not valid. */
export type Unread = Record<string, EnginePart[]>;

/** What keeps its place in the type, and is used by nobody. */
const PLACE_KEEPERS = {
  // Nothing is ours by its name.
  orderIdPrefix: {},
  liveness: [{ kind: 'socket', socket: 'not-configured' }],
  checkpoints: { written: 'not-configured', recovered: 'not-configured' },
  forensics: { coreFolder: 'not-configured', executable: 'not-configured' },
  control: {
    kind: 'http',
    url: 'http://127.0.0.1:1',
    start: ['not-configured'],
    workingFolder: 'not-configured',
    logFile: 'not-configured',
  },
} as const;

export type EnginePart = keyof typeof PLACE_KEEPERS;

type Parsed = { success: true; data: Config } | { success: false; error: z.ZodError };
type Group = Record<string, unknown>;

/** Null where something else is wrong, too. */
export function toReadWith(
  given: unknown,
  parse: (data: unknown) => Parsed,
): [Config, Unread] | null {
  const parsed = parse(given);
  if (parsed.success) return [parsed.data, {}];
  const unread: Unread = {};
  let data = given as Group;
  for (const { path } of parsed.error.issues) {
    const [kind, id, part] = path;
    if (kind !== 'engines' || typeof id !== 'string' || !isPart(part)) return null;
    if (unread[id]?.includes(part) === true) continue;
    unread[id] = [...(unread[id] ?? []), part];
    data = withPart(data, id, part);
  }
  const again = parse(data);
  return again.success ? [again.data, unread] : null;
}

function isPart(name: unknown): name is EnginePart {
  return typeof name === 'string' && Object.hasOwn(PLACE_KEEPERS, name);
}

function withPart(data: Group, id: string, part: EnginePart): Group {
  const engines = data['engines'] as Group;
  const engine = { ...(engines[id] as Group), [part]: PLACE_KEEPERS[part] };
  return { ...data, engines: { ...engines, [id]: engine } };
}

export function unreadWords(unread: Unread): string[] {
  return Object.entries(unread).map(([id, parts]) => {
    const whose = parts.includes('orderIdPrefix')
      ? '. Whose orders are is not known: all are shown as of others'
      : '';
    return (
      `engines.${id}: ${parts.join(', ')} not there, or not valid: the venues are read without ` +
      `(relight doctor names what is wrong)${whose}`
    );
  });
}
