/**
 * An instruction: what an approver tells the guardian of an engine, or the recovery of an incident, and the proof that
 * it was them.
 *
 * Invariants: the proof is over all that is told, engine, namespace and time included; it counts once, and
 * only for a while, so that a recorded one cannot be sent again later.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../content/canonical.js';
import { EngineId } from '../content/names.js';
import type { Approver } from '../gates/approver.js';
import { Proof, Reason } from '../gates/decision.js';
import { Move } from './fail-over.js';
import { GOOD_FOR_MS, signerRefusal, untimely } from './signer.js';
import { Command, isAboutIncident, isForRecovery } from './table.js';

const REMEMBERED = 200;
const LONGEST_REFUSAL = 600;

export const Told = z
  .strictObject({
    version: z.literal(1),
    namespace: z.string().min(1).max(1_000),
    engineId: EngineId,
    command: Command,
    /** Null where the command is about the engine. */
    incidentId: z.string().min(1).max(1_000).nullable(),
    /** Of a fail-over, and of no other command. */
    move: Move.optional(),
    /** Of a tick, and of no other command: of the checklist. */
    item: z.string().min(1).max(100).optional(),
    /** Of a step down only: limits in percent; missing for the stage below. */
    percent: z.number().int().min(1).max(99).optional(),
    reason: Reason,
    by: z.string().min(1).max(256),
    atMs: z.number().int().positive(),
    /** No other instruction has it. */
    id: z.string().regex(/^[0-9a-f-]{36}$/, 'must be a UUID'),
  })
  .refine(({ command, incidentId }) => isAboutIncident(command) === (incidentId !== null), {
    message: 'abort, retry, tick, pause and step_down name an incident, and no other command does',
    path: ['incidentId'],
  })
  .refine(({ command, move }) => (command === 'failover') === (move !== undefined), {
    message: 'a fail-over says from where to where, and no other command does',
    path: ['move'],
  })
  .refine(({ command, item }) => (command === 'tick') === (item !== undefined), {
    message: 'a tick names an item of the checklist, and no other command does',
    path: ['item'],
  })
  .refine(({ command, percent }) => command === 'step_down' || percent === undefined, {
    message: 'only a step down names a percentage',
    path: ['percent'],
  });
export type Told = z.infer<typeof Told>;

export const Instruction = z.strictObject({ told: Told, proof: Proof });
export type Instruction = z.infer<typeof Instruction>;

/** Ids of those that were taken, newest last, for as long as one could come again. */
export type TakenInstructions = { id: string; atMs: number }[];

/** The bytes that are signed: a fixed prefix keeps a signature from meaning anything elsewhere. */
export function instructionBytes(told: Told): Uint8Array {
  return utf8ToBytes(`relight-instruction-v1\n${canonicalJson(told)}`);
}

export interface JudgingInstructions {
  namespace: string;
  engineId: string;
  /** Of the recovery that judges; missing where the guardian does. */
  incidentId?: string;
  approvers: readonly Approver[];
  /** Who may, by command. */
  rolesOf: (command: Command) => readonly string[];
  taken: TakenInstructions;
  /** Of the workflow. */
  nowMs: number;
}

/** Why it is refused, for the person who sent it; null where it counts. */
export function instructionRefusal(given: unknown, judging: JudgingInstructions): string | null {
  const parsed = Instruction.safeParse(given);
  if (!parsed.success) {
    const why = `This is no instruction: ${z.prettifyError(parsed.error)}`;
    return why.slice(0, LONGEST_REFUSAL);
  }
  const { told, proof } = parsed.data;
  const { command, by } = told;
  const signed = { by, proof, bytes: instructionBytes(told) };
  const roles = judging.rolesOf(command);
  return (
    elsewhere(told, judging) ??
    untimely(told, { taken: judging.taken.map(({ id }) => id), nowMs: judging.nowMs }) ??
    signerRefusal(signed, judging, { command, roles })
  );
}

function elsewhere(
  told: Told,
  { namespace, engineId, incidentId }: JudgingInstructions,
): string | null {
  const { command } = told;
  if (isForRecovery(command) !== (incidentId !== undefined)) {
    return `"${command}" is for ${incidentId === undefined ? 'a recovery' : 'the guardian'}: update relight`;
  }
  if (incidentId !== undefined && told.incidentId !== incidentId) {
    return `It is for "${told.incidentId}", not for "${incidentId}"`;
  }
  if (told.engineId !== engineId) return `It is for "${told.engineId}", not for "${engineId}"`;
  return told.namespace === namespace
    ? null
    : `It was signed for the namespace "${told.namespace}", and this is "${namespace}"`;
}

/** What is too old to be taken anyway needs no memory. */
export function withTaken(
  taken: TakenInstructions,
  { id, atMs }: Told,
  nowMs: number,
): TakenInstructions {
  const recent = taken.filter((one) => one.atMs >= nowMs - GOOD_FOR_MS);
  return [...recent, { id, atMs }].slice(-REMEMBERED);
}
