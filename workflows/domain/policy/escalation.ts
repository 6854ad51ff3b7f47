/**
 * Who else is told of a gate that nobody answers: the settings, for all gates and for single kinds.
 *
 * Invariant: a setting that would never be read is refused.
 */
import { z } from 'zod';
import type { GateKind } from '../content/gate-kind.js';
import { RoleName } from '../content/names.js';
import { listOf, ms } from './values.js';

const MOST_ROLES = 20;

/** Without the first nobody else is told. */
export const ESCALATION = {
  escalateAfterMs: ms({ least: 1 })
    .optional()
    .describe(
      'where nobody has answered for so long: channels with from: escalation are told, and escalateTo',
    ),
  escalateTo: listOf(RoleName, { least: 1, most: MOST_ROLES }).optional(),
  escalatedMayAnswer: z
    .boolean()
    .optional()
    .describe('from then on an answer of escalateTo counts as one of roles; else it does not'),
};

interface Escalating {
  escalateAfterMs?: number | undefined;
  escalateTo?: readonly string[] | undefined;
  escalatedMayAnswer?: boolean | undefined;
  expiresAfterMs?: number | undefined;
}

/** Where in the settings of gates, and what is wrong there. */
export function escalationFaults({
  kinds,
  ...all
}: Escalating & { kinds: Partial<Record<GateKind, Escalating>> }) {
  const own = Object.entries(kinds).map(([kind, rules]) => ({
    path: ['kinds', kind],
    rules: { ...all, ...rules },
  }));
  return [{ path: [] as string[], rules: all }, ...own].flatMap(({ path, rules }) => {
    const fault = escalationFault(rules);
    return fault === null ? [] : [{ path: [...path, 'escalateAfterMs'], fault }];
  });
}

function escalationFault(rules: Escalating): string | null {
  const { escalateAfterMs: afterMs, escalateTo, escalatedMayAnswer, expiresAfterMs } = rules;
  if (afterMs === undefined) {
    const isIdle = escalateTo === undefined && escalatedMayAnswer === undefined;
    return isIdle ? null : 'is missing: escalateTo and escalatedMayAnswer need it';
  }
  if (escalateTo === undefined && escalatedMayAnswer !== undefined)
    return 'needs escalateTo: escalatedMayAnswer is about its roles';
  return expiresAfterMs !== undefined && afterMs >= expiresAfterMs
    ? `must be below expiresAfterMs (${expiresAfterMs}): later nobody could answer any more`
    : null;
}
