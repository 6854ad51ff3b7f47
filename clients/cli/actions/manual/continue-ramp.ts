/** `relight continue`: approves the open question of a ramp that was paused. */
import type { Operations } from '../../operations.js';
import { EXIT, sayLine } from '../../output.js';
import { decide, type DecideOptions } from '../decide.js';

export async function continueRamp(
  operations: Operations,
  engineId: string,
  options: DecideOptions,
): Promise<number> {
  const unread: string[] = [];
  const open = await operations.openGates((why) => unread.push(why));
  const paused = open.find((one) => one.engineId === engineId && one.gate.kind === 'ramp_paused');
  if (paused !== undefined) {
    return decide(operations, { gateId: paused.gate.gateId, answer: 'approve', options });
  }
  for (const why of unread) sayLine(`COULD NOT BE ASKED: ${why}`);
  sayLine(`No ramp of "${engineId}" is paused. See what waits with: relight gates`);
  return unread.length === 0 ? EXIT.negative : EXIT.unknown;
}
