/** `relight gates`: the open questions, each as one screen of what an answer signs. */
import { printable } from '../../../workflows/domain/content/printable.js';
import { checkCodeOf } from '../../../workflows/domain/gates/decision.js';
import { shortGateId } from '../../../workflows/domain/gates/gate-name.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { sameElsewhere } from '../../../workflows/domain/gates/screen/same-difference.js';
import { plainScreen } from '../../../workflows/domain/gates/screen/plain.js';
import { screenOf } from '../../../workflows/domain/gates/screen/screen.js';
import type { OpenGate, Operations } from '../operations.js';
import { EXIT, print, printJson, printLine, sayLine } from '../output.js';
import { momentSince } from '../tables/moments.js';

export async function gates(operations: Operations, options: { json?: boolean }): Promise<number> {
  const unread: string[] = [];
  const open = await operations.openGates((why) => unread.push(why));
  if (open.length > 0 || unread.length === 0 || options.json === true) showGates(open, options);
  for (const why of unread) sayLine(`COULD NOT BE ASKED: ${why}`);
  return unread.length === 0 ? EXIT.done : EXIT.unknown;
}

function showGates(gates: OpenGate[], { json }: { json?: boolean }): void {
  if (json === true) {
    printJson(
      gates.map((open) => ({
        ...open,
        shortId: shortGateId(open.gate),
        checkCode: checkCodeOf(open.gate),
      })),
    );
    return;
  }
  if (gates.length === 0) printLine('No gate is open.');
  const all = gates.map(({ gate }) => gate);
  print(all.map((gate) => [gateText(gate), ...besideText(gate, all)].join('\n')).join('\n\n\n'));
}

/** What only who sees several questions at once can know. */
function besideText(gate: GateRequest, all: readonly GateRequest[]): string[] {
  return sameElsewhere(gate, all).map((text) => `! same as      : ${printable(text)}`);
}

/** All that an answer signs, with times of this machine's zone and of now. */
export function gateText(gate: GateRequest, nowMs = Date.now()): string {
  const screen = screenOf(gate, (ms) => momentSince(ms, nowMs));
  const names = printable(`${shortGateId(gate)}, whole: ${gate.gateId}`);
  return `${plainScreen(screen)}\n  gate         : ${names}`;
}
