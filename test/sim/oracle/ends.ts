/** How incidents end: with everything closed and told, or waiting where somebody knows of it. */
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Closed, Facts, Report } from './facts.js';

/** I5. */
export function wholeAtTheEnd(facts: Facts): string[] {
  const { incidents, reports } = facts;
  const broken = endedByOthers(facts);
  const ended = incidents.filter(
    ({ outcome, incidentId }) =>
      outcome !== 'running' && !broken.some((each) => each.incidentId === incidentId),
  );
  const parts = ended.flatMap((record) => [
    ...leftOpen(record),
    ...uncounted(record, facts),
    ...reportedAs(record, reports),
    ...notOnce(record, 'notice of its end', endsTold(record, facts)),
  ]);
  return [...parts, ...broken.flatMap((closed) => takenUp(closed, facts))];
}

/** Nothing of Relight ends a recovery so: it cannot close its own record. */
export function endedByOthers({ closed }: Pick<Facts, 'closed'>): Closed[] {
  return closed.filter(({ how }) => how !== 'completed');
}

/** Somebody else goes on with what was cut off, or says that nobody does: people hear of it. */
function takenUp({ incidentId, how, atMs }: Closed, { heard }: Facts): string[] {
  if (how !== 'terminated') return [`${incidentId} ended as ${how}`];
  return heard.some((notice) => notice.atMs >= atMs)
    ? []
    : [`${incidentId} was terminated, and nobody was told`];
}

/** Those of a crash loop. */
function uncounted(
  { incidentId, crashes, crashCount }: RecoveryRecord,
  { rules }: Facts,
): string[] {
  const newestMs = crashes.at(-1)?.detectedAtMs ?? 0;
  const sinceMs = newestMs - (rules?.crashLoop.windowMs ?? 0);
  const recent = crashes.filter(({ detectedAtMs }) => detectedAtMs > sinceMs);
  return recent.length > crashCount
    ? [`${incidentId} has crashed ${recent.length} times, and ${crashCount} are counted`]
    : [];
}

function reportedAs({ incidentId, outcome }: RecoveryRecord, reports: readonly Report[]): string[] {
  const own = reports.filter((report) => report.incidentId === incidentId);
  if (own.length !== 1) return [`${incidentId} is over, and has ${own.length} × report`];
  return own.every((report) => report.outcome === outcome)
    ? []
    : [`${incidentId} is ${outcome}, and its report says ${own[0]?.outcome}`];
}

function leftOpen({ incidentId, steps, gates, endedAtMs }: RecoveryRecord): string[] {
  const open = [
    ...steps.filter((step) => step.endedAtMs === null).map(({ name }) => `step ${name}`),
    ...gates.filter((gate) => gate.outcome === 'open').map(({ gateId }) => `gate ${gateId}`),
    ...(endedAtMs === null ? ['the record'] : []),
  ];
  return open.map((what) => `${incidentId} is over, and ${what} has no end`);
}

function notOnce({ incidentId }: RecoveryRecord, what: string, count: number): string[] {
  return count === 1 ? [] : [`${incidentId} is over, and has ${count} × ${what}`];
}

/** People may order its end while it is still to be told that it has recovered: then both are true, and told. */
function endsTold(
  { incidentId, outcome }: RecoveryRecord,
  { heard, happened }: Pick<Facts, 'heard' | 'happened'>,
): number {
  const ends = heard.filter(
    (each) =>
      each.incidentId === incidentId &&
      (each.state === 'recovered' || each.state === 'not_recovered'),
  );
  const isByPeople = outcome !== 'recovered' && happened.some(({ kind }) => kind === 'operator');
  const told = isByPeople ? ends.filter(({ state }) => state !== 'recovered') : ends;
  return new Set(told.map(({ key }) => key)).size;
}

/** In virtual time; nothing that Relight itself waits for takes as long. */
const LONG_MS = 2_400_000;

/** I6. */
export function overOrAsked(facts: Facts): string[] {
  const { open, heard, failures } = facts;
  const stuck = open
    .filter(({ forMs, questions }) => forMs > LONG_MS && questions.length === 0)
    .map(({ workflowId, forMs }) => `${workflowId} is open for ${forMs} ms and asks nobody`);
  const asked = new Set(heard.filter(({ state }) => state === 'asked').map(({ key }) => key));
  const silent = open.flatMap(({ questions }) =>
    questions
      .filter((question) => ![...asked].some((key) => key.includes(question)))
      .map((question) => `${question} is open, and nobody was told`),
  );
  return [...stuck, ...silent, ...failures, ...forgotten(facts), ...cancelledByNobody(facts)];
}

/** What a person alone may do. */
function cancelledByNobody({ incidents, happened }: Facts): string[] {
  if (happened.some(({ kind, what }) => kind === 'operator' && what === 'cancel')) return [];
  const cancelled = incidents.filter(({ outcome }) => outcome === 'cancelled');
  return cancelled.map(
    ({ incidentId }) => `${incidentId} is cancelled, and nobody has cancelled it`,
  );
}

/** People were told that an engine stays as it is, and the words by which that is over: a death is somebody's again. */
const KEPT_STOPPED = [
  { kept: /:held$/, over: /:release:\d+$/ },
  { kept: /^kill-switch:.*:engaged:\d+$/, over: /^kill-switch:.*:released:\d+$/ },
];

function isKeptStopped({ heard }: Facts): boolean {
  const inOrder = heard.toSorted((one, other) => one.atMs - other.atMs);
  return KEPT_STOPPED.some(({ kept, over }) => {
    const last = inOrder.findLast(({ key }) => kept.test(key) || over.test(key));
    return last !== undefined && kept.test(last.key);
  });
}

/** Nothing lives, nobody works on it, and nobody was told that it stays so. */
function forgotten(facts: Facts): string[] {
  const { lives, incidents, open } = facts;
  if (isKeptStopped(facts)) return [];
  const isDead = lives.length > 0 && lives.every(({ diedAtMs }) => diedAtMs !== null);
  const newest = incidents.toSorted((one, other) => one.startedAtMs - other.startedAtMs).at(-1);
  const isLeft = newest === undefined || newest.outcome === 'recovered';
  return isDead && open.length === 0 && isLeft
    ? ['no engine lives, and nothing is done about it']
    : [];
}
