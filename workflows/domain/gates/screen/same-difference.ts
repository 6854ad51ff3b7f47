/**
 * Differences that stand in several open questions, as they are seen side by side: one cause may be behind all.
 *
 * Invariant: it compares what the questions themselves show, and is no part of what is signed.
 */
import { shortGateId } from '../gate-name.js';
import type { GateRequest } from '../gate.js';
import { situationOf } from '../situation.js';

/** One sentence for each difference of this question that others have, too. */
export function sameElsewhere(gate: GateRequest, all: readonly GateRequest[]): string[] {
  const others = all.filter(({ gateId }) => gateId !== gate.gateId);
  return differencesOf(gate).flatMap((one) => {
    const where = others.filter((other) => differencesOf(other).includes(one)).map(shortGateId);
    if (where.length === 0) return [];
    return [`${one} is in ${where.join(', ')} too: one cause, where they share an account`];
  });
}

function differencesOf(gate: GateRequest): string[] {
  const shown = situationOf(gate)?.market.differences?.shown ?? [];
  return shown.flatMap(({ venue, item, unexplained }) =>
    unexplained === null ? [] : [`${venue} ${item} ${unexplained}`],
  );
}
