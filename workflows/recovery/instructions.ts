/**
 * What people tell a recovery itself: ticks of its checklist, and its ramp to step down or to stay.
 *
 * Invariants: verified once, by the validator, with the approvers as they were read last; what was accepted is kept
 * whole and chained, and carried out at once; a refusal changes nothing and says why.
 */
import { setHandler, workflowInfo } from '@temporalio/workflow';
import { tickRefusal } from '../domain/checklist/checklist.js';
import { fullRefusal, withInstruction } from '../domain/steering/kept.js';
import {
  instructionRefusal,
  withTaken,
  type Instruction,
  type TakenInstructions,
  type Told,
} from '../domain/steering/instruction.js';
import { rolesFor } from '../domain/steering/table.js';
import { failure } from '../failure.js';
import * as messages from '../messages.js';
import type { Recovery } from './context.js';
import { publish } from './details.js';

export function listenForInstructions(recovery: Recovery): void {
  let taken: TakenInstructions = [];
  setHandler(
    messages.steerRecovery,
    (instruction) => {
      taken = withTaken(taken, instruction.told, Date.now());
      return carryOut(recovery, instruction);
    },
    {
      validator: (instruction) => {
        const why = refusalOf(recovery, instruction, taken);
        if (why !== null) throw failure('InstructionRefused', why);
      },
      description: 'A signed tick of the checklist, or a signed order to the ramp',
    },
  );
}

function refusalOf(
  recovery: Recovery,
  instruction: Instruction,
  taken: TakenInstructions,
): string | null {
  const { record, approvers, policy } = recovery;
  const { engineId, incidentId } = record;
  return (
    instructionRefusal(instruction, {
      namespace: workflowInfo().namespace,
      engineId,
      incidentId,
      approvers,
      rolesOf: (command) => rolesFor(command, policy.gates),
      taken,
      nowMs: Date.now(),
    }) ??
    fullRefusal(record.told) ??
    besides(recovery, instruction.told)
  );
}

function besides({ record, ramp }: Recovery, told: Told): string | null {
  if (record.outcome !== 'running') return `The recovery has ended: ${record.outcome}`;
  if (told.command === 'tick') return tickRefusal(told.item, record);
  if (ramp === null) {
    const last = record.steps.at(-1)?.name ?? 'nothing';
    return `No ramp is under way (it is at ${last}): relight abort ${record.incidentId} stops it`;
  }
  return ramp.refusal(told);
}

function carryOut(recovery: Recovery, instruction: Instruction): messages.SteeringReceipt {
  const { record, ramp, approvers } = recovery;
  const { told } = instruction;
  const kept = withInstruction(record, instruction, approvers);
  if (kept !== null) record.told = kept;
  const done = told.command === 'tick' ? `"${told.item}" is ticked` : (ramp?.take(told) ?? '');
  publish(recovery);
  return { done };
}
