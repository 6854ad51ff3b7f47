/**
 * A question as people are shown it, wherever that is: sections of lines, made of what is signed alone, but for who
 * has answered by now.
 *
 * Invariants: the same facts in the same order on every surface; what is unknown is said as unknown; without the
 * command, the check code and what each answer does no surface is complete, so these are never left out.
 */
import { answerCommand } from '../answer-command.js';
import { checkCodeOf, type Answer } from '../decision.js';
import type { GateRequest } from '../gate.js';
import { engineOfGate } from '../gate-name.js';
import { evidenceLines } from './evidence-lines.js';
import type { Line, Screen, Section } from './lines.js';
import { marketLines } from './market-lines.js';
import {
  ownEvidence,
  situationOf,
  type EarlierQuestion,
  type Effect,
  type Happened,
  type People,
  type Person,
  type Situation,
} from '../situation.js';
import type { Times } from './times.js';
import { gateTitle } from './title.js';

export function screenOf(gate: GateRequest, times: Times): Screen {
  const round = situationOf(gate);
  return {
    title: gateTitle(gate),
    question: gate.question,
    sections: [
      ...(round === null ? [] : aroundIt(round, times)),
      answersSection(gate, round, times),
      whoSection(gate, round?.people ?? null, times),
      commandSection(gate),
      ...(round?.earlier === undefined ? [] : [earlierSection(round.earlier, times)]),
      { title: 'Evidence', rank: 3, lines: evidenceLines(ownEvidence(gate)) },
      moreSection(gate),
    ],
  };
}

function aroundIt({ happened, engine, market }: Situation, times: Times): Section[] {
  return [
    { title: 'What happened', rank: 1, lines: happenedLines(happened, times) },
    { title: 'Engine now', rank: 1, lines: [line('state', engine)] },
    { title: 'In the market', rank: 2, lines: marketLines(market, times) },
  ];
}

function line(label: string, text: string): Line {
  return { label, text };
}

function happenedLines(happened: Happened, times: Times): Line[] {
  const { engineId, instanceId, host, seen, atMs, crashCount, cause, again, drill } = happened;
  return [
    line('died', `${engineId}, instance ${instanceId} on ${host}: ${seen}`),
    line('since', times(atMs)),
    line('why', cause ?? 'not known yet'),
    ...(again === undefined ? [] : [line('again', `it died of this for ${again}`)]),
    ...(crashCount > 1 ? [line('crashes', `${crashCount} within the window of the policy`)] : []),
    ...(drill === true ? [line('drill', 'a person made it crash; all else is as ever')] : []),
  ];
}

function answersSection(gate: GateRequest, round: Situation | null, times: Times): Section {
  const { onApprove, onReject } = gate;
  const effect = (which: Answer | 'silence') => effectLines(round?.answers[which] ?? null);
  return {
    title: 'What each answer does',
    rank: 0,
    lines: [
      line('approve', onApprove),
      ...effect('approve'),
      line('reject', onReject),
      ...effect('reject'),
      line('no answer', silenceText(gate, times)),
      ...effect('silence'),
    ],
  };
}

function effectLines(effect: Effect | null): Line[] {
  if (effect === null) return [];
  return [line('  engine', effect.engine), line('  orders', effect.orders)];
}

function silenceText({ expiresAtMs }: GateRequest, times: Times): string {
  return expiresAtMs === null
    ? 'it waits as long as it takes: nothing happens by itself'
    : `it expires ${times(expiresAtMs)}, which never approves`;
}

function whoSection(gate: GateRequest, people: People | null, times: Times): Section {
  const { quorum, roles, answered = [] } = gate;
  const needed = `${quorum} of role ${roles.join(' or ')}`;
  const given = answered.map(
    ({ approver, answer, decidedAtMs }) => `${approver}: ${answer}, ${times(decidedAtMs)}`,
  );
  return {
    title: 'Who may answer',
    rank: 0,
    lines: [
      line(
        'needs',
        `${needed}${gate.attempt === 1 ? '' : `; asked for the ${gate.attempt}. time`}`,
      ),
      ...(people === null ? [] : peopleLines(people, times)),
      line('answered', given.length === 0 ? 'nobody yet' : given.join('; ')),
    ],
  };
}

function peopleLines(people: People, times: Times): Line[] {
  const { names, more, remindAtMs, escalation, notByThemselves } = people;
  const rest = more === 0 ? '' : ` and ${more} more`;
  return [
    names.length === 0
      ? { ...line('people', 'NOBODY has this role: give it to an approver'), loud: true }
      : line('people', `${namesText(names)}${rest}`),
    ...(notByThemselves === undefined
      ? []
      : [line('not by', `${notByThemselves}, who asked for it, may not approve it`)]),
    ...(remindAtMs === null ? [] : [line('reminder', times(remindAtMs))]),
    ...(escalation === null ? [] : [line('escalates', escalationText(escalation, times))]),
  ];
}

function namesText(names: readonly Person[]): string {
  return names.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join(', ');
}

function escalationText(
  { atMs, roles, mayAnswer, names }: NonNullable<People['escalation']>,
  times: Times,
): string {
  const who = names.length === 0 ? 'nobody has it' : namesText(names);
  const may = mayAnswer ? 'told, and may answer from then on' : 'told, and may not answer';
  return `${times(atMs)} to ${roles.join(' or ')}: ${who}; ${may}`;
}

function commandSection(gate: GateRequest): Section {
  const code = (label: string, text: string): Line => ({ label, text, code: true });
  return {
    title: 'How to answer',
    rank: 0,
    lines: [
      code('approve', answerCommand(gate, 'approve')),
      code('reject', answerCommand(gate, 'reject')),
      line('sign with', 'your key: $RELIGHT_APPROVER_KEY_FILE, --key FILE, or --ssh-key FILE'),
      code('check code', checkCodeOf(gate)),
      code('evidence', gate.evidenceHash),
      gate.stateDigest === null
        ? line('state', `none yet: ${gate.noStateBecause}`)
        : code('state', gate.stateDigest),
    ],
  };
}

function earlierSection(earlier: readonly EarlierQuestion[], times: Times): Section {
  return {
    title: 'Asked before, and not approved',
    rank: 2,
    lines: earlier.flatMap((one) => {
      const { kind, attempt, question, outcome, closedAtMs, evidenceHash, evidence } = one;
      const when = closedAtMs === null ? '' : ` ${times(closedAtMs)}`;
      const told = `${question} ${outcome.toUpperCase()}${when}, attempt ${attempt}`;
      const own =
        evidence === null
          ? [line('  evidence', `in the record, ${evidenceHash ?? 'without a hash'}`)]
          : evidenceLines(evidence).map((each) => line(`  ${each.label}`, each.text));
      return [line(kind.replaceAll('_', ' '), told), ...own];
    }),
  };
}

function moreSection(gate: GateRequest): Section {
  const engine = engineOfGate(gate);
  const of = (what: string): Line => ({
    label: what,
    text: `relight ${what} ${engine}`,
    code: true,
  });
  return {
    title: 'Look further',
    rank: 4,
    lines: [
      of('positions'),
      of('orders'),
      of('reconcile'),
      { label: 'Temporal', text: `workflow ${gate.workflowId}, namespace ${gate.namespace}` },
    ],
  };
}
