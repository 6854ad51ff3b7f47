/**
 * How people name an open question: by its whole id, by engine and kind (`alpha/exposure`), or by either alone.
 *
 * Invariant: a name that could mean two open questions means none.
 */
import { shortened } from '../content/shortened.js';

const MOST_NEAR = 5;

interface Named {
  gateId: string;
  kind: string;
}

export function engineOfGate({ gateId }: Pick<Named, 'gateId'>): string {
  return gateId.slice(0, Math.max(0, gateId.indexOf('/')));
}

/** One engine has one open question at a time. */
export function shortGateId(gate: Named): string {
  return `${engineOfGate(gate)}/${gate.kind}`;
}

export function isNamed(gate: Named, name: string): boolean {
  const { gateId, kind } = gate;
  return [gateId, shortGateId(gate), kind, engineOfGate(gate)].includes(name);
}

export type Found<Gate> =
  | { kind: 'one'; gate: Gate }
  /** `says`: which there are, and how to name one. */
  | { kind: 'several' | 'none'; says: string };

export function findGate<Gate extends Named>(name: string, open: readonly Gate[]): Found<Gate> {
  const exact = open.find(({ gateId }) => gateId === name);
  const found = exact === undefined ? open.filter((gate) => isNamed(gate, name)) : [exact];
  const [only] = found;
  if (only !== undefined && found.length === 1) return { kind: 'one', gate: only };
  if (found.length > 1) {
    return { kind: 'several', says: `"${name}" could be ${namesOf(found)}: name one of them` };
  }
  const near = open.filter((gate) => isNear(gate, name));
  const shown = near.length === 0 ? open : near;
  const others = shown.length === 0 ? '' : ` Open: ${namesOf(shown)}.`;
  return {
    kind: 'none',
    says: `No open gate "${name}".${others} See the open ones with: relight gates`,
  };
}

function namesOf(gates: readonly Named[]): string {
  return shortened(gates.map(shortGateId), MOST_NEAR).join(', ');
}

/** It begins alike, or one holds the other. */
function isNear(gate: Named, name: string): boolean {
  const parts = name.toLowerCase().split('/');
  return [gate.kind, engineOfGate(gate)].some((own) =>
    parts.some((part) => part.length > 2 && (own.includes(part) || part.includes(own))),
  );
}
