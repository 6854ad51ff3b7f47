/**
 * A question as people are shown it, wherever that is: sections of lines, made of what is signed alone, but for who
 * has answered by now.
 *
 * Invariants: the same facts in the same order on every surface; what is unknown is said as unknown; without the
 * command, the check code and what each answer does no surface is complete, so these are never left out.
 */
import { canonicalJson } from '../../content/canonical.js';
import { counted } from '../../content/counted.js';
import { answerCommand } from '../answer-command.js';
import { shutdownCommand } from '../../notices/shutdown-command.js';
import { checkCodeOf } from '../decision.js';
import type { GateRequest } from '../gate.js';
import { engineOfGate } from '../gate-name.js';
import { evidenceLines } from './evidence-lines.js';
import type { Line, Screen, Section } from './lines.js';
import { marketLines, type Told } from './market-lines.js';
import {
  ownEvidence,
  situationOf,
  type Answers,
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
      ...(round === null ? [] : aroundIt(round, { times, askedAtMs: gate.openedAtMs })),
      answersSection(gate, round, times),
      whoSection(gate, round?.people ?? null, times),
      commandSection(gate),
      stopSection(gate),
      ...(round?.earlier === undefined ? [] : [earlierSection(round.earlier, times)]),
      { title: 'Evidence', rank: 3, lines: evidenceLines(ownEvidence(gate)) },
      moreSection(gate),
    ],
  };
}

function aroundIt(round: Situation, told: Told): Section[] {
  const { happened, engine } = round;
  return [
    { title: 'What happened', rank: 1, lines: happenedLines(happened, told.times) },
    { title: 'Engine now', rank: 1, lines: [line('state', engine)] },
    { title: 'In the market', rank: 2, lines: marketLines(round, told) },
  ];
}

function line(label: string, text: string): Line {
  return { label, text };
}

function code(label: string, text: string): Line {
  return { label, text, code: true };
}

function happenedLines(happened: Happened, times: Times): Line[] {
  const { engineId, instanceId, host, seen, atMs, crashCount, cause, again, drill, gone } =
    happened;
  return [
    line('died', `${engineId}, instance ${instanceId} on ${host}: ${seen}`),
    line('since', times(atMs)),
    ...(gone === undefined ? [] : [goneLine(instanceId, gone)]),
    line('why', cause ?? 'not known yet'),
    ...(again === undefined ? [] : [line('again', `it died of this for ${again}`)]),
    ...(crashCount > 1 ? [line('crashes', `${crashCount} within the window of the policy`)] : []),
    ...(drill === true ? [line('drill', 'a person made it crash; all else is as ever')] : []),
  ];
}

/** What hangs has died only once its process is gone. */
function goneLine(instanceId: string, gone: string | null): Line {
  return gone === null
    ? { ...line('gone', `NOT PROVED: the process of ${instanceId} may still live`), loud: true }
    : line('gone', `the process of ${instanceId}: ${gone}`);
}

function answersSection(gate: GateRequest, round: Situation | null, times: Times): Section {
  const { onApprove, onReject } = gate;
  const answers = round?.answers ?? null;
  return {
    title: 'What each answer does',
    rank: 0,
    lines: [
      line('approve', onApprove),
      ...effectLines(answers?.approve ?? null, onApprove),
      ...(gate.kind === 'manual_recovery' ? [line('  checklist', CHECKLIST)] : []),
      line('reject', onReject),
      ...effectLines(answers?.reject ?? null, onReject),
      ...silenceLines(gate, answers, times),
    ],
  };
}

/** Nothing here counts boxes: a go is judged by its signature. */
const CHECKLIST =
  'open items refuse no approval: whoever approves signs that what they ask for is done, or not needed. ' +
  'Refused is only a resume that does not name the checklist as it is';

/** What becomes of the engine only where the words before do not say it all. */
function effectLines(effect: Effect | null, said: string): Line[] {
  if (effect === null) return [];
  const orders = line('  orders', effect.orders);
  return isSaid(effect.engine, said) ? [orders] : [line('  engine', effect.engine), orders];
}

function isSaid(words: string, within: string): boolean {
  const said = wordsOf(within);
  return wordsOf(words).every((word) => said.includes(word));
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function silenceLines({ expiresAtMs }: GateRequest, answers: Answers | null, times: Times): Line[] {
  if (expiresAtMs === null) {
    return [line('no answer', 'it waits as long as it takes: nothing happens by itself')];
  }
  const expires = `it expires ${times(expiresAtMs)}, which never approves`;
  const silence = answers?.silence ?? null;
  return silence !== null && canonicalJson(silence) === canonicalJson(answers?.reject ?? null)
    ? [line('no answer', `${expires}: then as on reject`)]
    : [line('no answer', expires), ...effectLines(silence, expires)];
}

function whoSection(gate: GateRequest, people: People | null, times: Times): Section {
  const { quorum, roles, answered = [] } = gate;
  const persons = counted(quorum, 'person', 'people');
  const needed = `${persons} of role ${roles.join(' or ')}`;
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
      line('asked', times(gate.openedAtMs)),
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
  return {
    title: 'How to answer',
    rank: 0,
    lines: [
      code('approve', answerCommand(gate, 'approve')),
      code('reject', answerCommand(gate, 'reject')),
      line('fill in', FILL_IN),
      code('check code', checkCodeOf(gate)),
      line('  is for', CHECK_CODE_IS_FOR),
    ],
  };
}

const CHECK_CODE_IS_FOR =
  'comparing: it is made of all that an answer signs, so it is the same wherever this question is shown. Where ' +
  'another screen or person has another one, answer neither';

const FILL_IN =
  'NAME: you; a reason; FILE: your private key, which is on your own machine (or --ssh-key FILE; neither ' +
  'where $RELIGHT_APPROVER_KEY_FILE names it)';

/** Whatever is asked, it can be ended at once. */
function stopSection(gate: GateRequest): Section {
  const engine = engineOfGate(gate);
  return {
    title: 'To stop this engine instead',
    rank: 1,
    lines: [
      code('command', shutdownCommand(engine)),
      line(
        'it stops',
        `${engine} alone: kill switch set, process ended, its own orders cancelled at all its venues but for ` +
          'stops that protect; positions stay. On its host; needs no Temporal',
      ),
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
  const of = (what: string): Line => code(what, `relight ${what} ${engine}`);
  return {
    title: 'Look further',
    rank: 4,
    lines: [
      ...(gate.kind === 'manual_recovery' ? [code('checklist', 'relight checklist')] : []),
      of('positions'),
      of('orders'),
      of('reconcile'),
      line('Temporal', `workflow ${gate.workflowId}, namespace ${gate.namespace}`),
      code('evidence', gate.evidenceHash),
      gate.stateDigest === null
        ? line('state', `none yet: ${gate.noStateBecause}`)
        : code('state', gate.stateDigest),
    ],
  };
}
