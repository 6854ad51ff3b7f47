/** Recoveries that wait at a gate: one that is approved, and one that is cancelled there. */
import type { Engine, EngineOptions } from '../engine.js';
import * as troubles from '../troubles.js';

type Scenario<Made> = (
  name: string,
  options: EngineOptions,
  act: (scene: { engine: Engine }) => Promise<unknown>,
) => Made;

const DIFFERS_AND_HIGH = { ...troubles.discrepancies, ...troubles.exposureHigh };

export function atGates<Made>(scenario: Scenario<Made>): Made[] {
  return [
    scenario('cancelled-at-a-gate', { fakes: troubles.volatile }, async ({ engine }) => {
      await engine.crash();
      await engine.gate('volatility');
      await engine.recovery.cancel();
      await engine.ended();
    }),
    scenario('questions-in-plain-words', { fakes: troubles.exposureHigh }, async ({ engine }) => {
      await engine.crash();
      await engine.reject('exposure');
      await engine.approve('manual_recovery');
      await engine.approve('exposure', { attempt: 2 });
      await engine.ended();
    }),
    scenario('questions-name-each-fact', { fakes: DIFFERS_AND_HIGH }, async ({ engine }) => {
      await engine.crash();
      await engine.approve('discrepancies');
      await engine.reject('exposure');
      await engine.approve('manual_recovery');
      await engine.approve('discrepancies', { attempt: 2 });
      await engine.approve('exposure', { attempt: 2 });
      await engine.ended();
    }),
    scenario(
      'questions-explain-their-figures',
      { fakes: { ...DIFFERS_AND_HIGH, ...troubles.volatile } },
      async ({ engine }) => {
        await engine.crash();
        await engine.approve('discrepancies');
        await engine.approve('exposure');
        await engine.approve('volatility');
        await engine.ended();
      },
    ),
    scenario('gate-with-what-is-there', { fakes: troubles.exposureHigh }, async ({ engine }) => {
      await engine.crash();
      await engine.approve('exposure');
      await engine.ended();
    }),
  ];
}
