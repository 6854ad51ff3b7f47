/** Recoveries that wait at a gate: one that is approved, and one that is cancelled there. */
import type { EngineOptions } from '../engine.js';
import * as troubles from '../troubles.js';
import type { PatchedScenario, Scene } from './patched.js';

type Scenario = (
  name: string,
  options: EngineOptions,
  act: (scene: Scene) => Promise<unknown>,
) => PatchedScenario;

export function atGates(scenario: Scenario): PatchedScenario[] {
  return [
    scenario('cancelled-at-a-gate', { fakes: troubles.volatile }, async ({ engine }) => {
      await engine.crash();
      await engine.gate('volatility');
      await engine.recovery.cancel();
      await engine.ended();
    }),
    scenario('gate-with-what-is-there', { fakes: troubles.exposureHigh }, async ({ engine }) => {
      await engine.crash();
      await engine.approve('exposure');
      await engine.ended();
    }),
  ];
}
