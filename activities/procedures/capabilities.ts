/**
 * What an engine's control offers beside the part that every control has.
 *
 * Invariant: this is the one place that knows; whoever needs a part asks for it here, and where it
 * is not offered the failure names it and the setting that would give it.
 */
import { failure } from '../../workflows/failure.js';
import type { EngineCapabilities, EngineControl } from '../ports.js';

export type Capability = keyof EngineCapabilities;

const WORDS: Record<Capability, string> = {
  comprehensiveHealth: 'a comprehensive health check',
  stateDigest: 'the digest of its state',
  state: 'its state',
  positions: 'its positions',
  riskLimits: 'its risk limits',
  setLimits: 'a way to set its limits',
  enableStrategies: 'a way to enable its strategies',
  shutdown: 'a way to be told to stop',
  sync: 'a way to have it read the venues again',
  updatePosition: 'a way to set a position of it',
  importOrder: 'a way to give it an order',
  openOrders: 'how many orders it holds open',
  exposure: 'its exposure',
};

export function capabilitiesOf(control: EngineControl): Capability[] {
  return (Object.keys(WORDS) as Capability[]).filter((name) => control[name] !== undefined);
}

/** The part itself. Fails with `EngineRefused` where the control does not offer it. */
export function offered<C extends Capability>(
  control: EngineControl,
  capability: C,
): EngineCapabilities[C] {
  const parts: Partial<EngineCapabilities> = control;
  const part = parts[capability];
  if (part !== undefined) return part;
  const others = capabilitiesOf(control).join(', ') || 'none';
  throw failure(
    'EngineRefused',
    `The engine's control does not offer ${WORDS[capability]}: set control.commands.${capability} ` +
      `of this engine, or over HTTP name it in control.offers (of the optional ones it has: ${others})`,
  );
}
