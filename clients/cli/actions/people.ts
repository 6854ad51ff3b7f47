/** `relight keys` and `relight keys test`: who may answer what, until when, and whether a key is theirs. */
import { keyInvalid, keysOf, type Approver } from '../../../workflows/domain/gates/approver.js';
import { keyTitle } from '../../../workflows/domain/gates/keys/key.js';
import { judgeTrial, trialBytes } from '../../../workflows/domain/gates/proof/trial.js';
import { endOf } from '../../../workflows/domain/gates/keys/validity.js';
import { ableAt } from '../../../workflows/domain/gates/approver.js';
import { answeredAlike, lastEndOf } from '../../../workflows/domain/readiness/people.js';
import type { KeysAnswer, KeyTestAnswer } from '../answers/keys.js';
import type { Operations, People } from '../operations.js';
import { EXIT, print, printJson, sayLine } from '../output.js';
import { printable } from '../../../workflows/domain/content/printable.js';
import { momentText } from '../tables/moments.js';
import { proverOf, type SigningOptions } from './signing.js';

interface Options {
  json?: boolean;
}

/** Ends with 3 where a gate would find too few people now. */
export function listPeople(operations: Operations, { json }: Options): number {
  const answer = answerOf(operations.people(), Date.now());
  if (json === true) printJson(answer);
  else print(textOf(answer));
  return answer.gates.every(({ enough }) => enough) ? EXIT.done : EXIT.negative;
}

function answerOf({ approvers, engines }: People, nowMs: number): KeysAnswer {
  const able = ableAt(approvers, nowMs);
  return {
    people: approvers.map((person) => personOf(person, nowMs)),
    gates: engines.flatMap(({ engineId, policy }) =>
      answeredAlike(policy, able).map((alike) => {
        return { engineId, ...alike, enough: alike.able.length >= alike.quorum };
      }),
    ),
  };
}

function personOf(person: Approver, nowMs: number): KeysAnswer['people'][number] {
  const { name, roles } = person;
  const keys = keysOf(person).map((key) => {
    const { from = null, until = null, revoked = null } = key;
    const why = keyInvalid(person, key, nowMs);
    return { key: keyTitle(key), from, until, revoked, counts: why === null, why };
  });
  return { name, roles, keys, endsAt: isoOrNull(lastEndOf(person, nowMs)) };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function textOf({ people, gates }: KeysAnswer): string {
  const ofPeople = people.map(({ name, roles, keys, endsAt }) => [
    `${name} (${roles.join(', ')})${endsAt === null ? '' : `, until ${momentText(Date.parse(endsAt))}`}`,
    ...keys.map(({ key, why }) => `  ${why === null ? 'counts' : 'NOT'}  ${key}`),
    ...keys.flatMap(({ why }) => (why === null ? [] : [`    ${why}`])),
  ]);
  const engines = [...new Set(gates.map(({ engineId }) => engineId))];
  const ofEngines = engines.map((engineId) => [
    `Gates of ${engineId}`,
    ...gates.filter((one) => one.engineId === engineId).flatMap(gateLines),
  ]);
  const parts = [...ofPeople, ...ofEngines];
  return parts.map((lines) => lines.map(printable).join('\n')).join('\n\n');
}

function gateLines({ kinds, roles, quorum, able, enough }: KeysAnswer['gates'][number]): string[] {
  const who = able.length === 0 ? 'nobody' : able.join(', ');
  return [
    `  ${kinds.join(', ')}`,
    `    ${enough ? '' : 'TOO FEW: '}${quorum} of role ${roles.join(' or ')}; now: ${who}`,
  ];
}

export interface KeyTestOptions extends SigningOptions, Options {
  as: string;
}

/** Signs nothing that means anything, and says what a decision with that key would meet. */
export function testKey(operations: Operations, options: KeyTestOptions): number {
  const trial = { by: options.as, atMs: Date.now() };
  const proof = proverOf(options)(trialBytes(trial));
  const { approvers, engines } = operations.people();
  const result = judgeTrial(trial, proof, approvers);
  if (!result.counts) return tell(options, { ...NOTHING, why: result.why });
  const { person, key } = result;
  return tell(options, {
    counts: true,
    why: null,
    key: keyTitle(key),
    endsAt: isoOrNull(endOf(person, key)),
    mayAnswer: engines.map(({ engineId, policy }) => {
      const own = answeredAlike(policy, [person]).filter(({ able }) => able.length > 0);
      return { engineId, kinds: own.flatMap(({ kinds }) => kinds) };
    }),
  });
}

const NOTHING: KeyTestAnswer = { counts: false, why: null, key: null, endsAt: null, mayAnswer: [] };

function tell({ json, as, key, sshKey }: KeyTestOptions, answer: KeyTestAnswer): number {
  const file = sshKey ?? key ?? 'RELIGHT_APPROVER_KEY_FILE';
  if (json === true) printJson(answer);
  else if (answer.counts) print(goodText(as, answer).map(printable).join('\n'));
  else sayLine(`It would be refused, signed with ${file} as ${as}: ${answer.why}`);
  return answer.counts ? EXIT.done : EXIT.negative;
}

function goodText(as: string, { key, endsAt, mayAnswer }: KeyTestAnswer): string[] {
  const until = endsAt === null ? '' : `, until ${momentText(Date.parse(endsAt))}`;
  return [
    `It counts as ${as}${until}: ${key}`,
    ...mayAnswer.map(({ engineId, kinds }) => {
      return `  of ${engineId} it may answer: ${kinds.length === 0 ? 'NOTHING' : kinds.join(', ')}`;
    }),
  ];
}
