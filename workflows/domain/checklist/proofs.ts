/**
 * What the record of a recovery proves of the checklist's boxes, by itself.
 *
 * Invariants: only what Relight has seen is proven, and says by what; a step of an earlier attempt proves nothing
 * of the one that runs; what was not told is left to people, with what there is to look at.
 */
import { HOUR_MS, MINUTE_MS } from '../numbers/durations.js';
import { counted } from '../content/counted.js';
import type { Capability } from '../engine/integration.js';
import type { RecoveryRecord, StepName, StepRecord } from '../record.js';
import type { ItemId } from './procedure.js';

export type Found =
  | { state: 'proven'; evidence: string }
  | { state: 'not_applicable'; evidence: string }
  /** `evidence`: what there is to look at; null where nothing is. */
  | { state: 'open'; evidence: string | null };

const CLOSELY_MS = 15 * MINUTE_MS;
const OPEN: Found = { state: 'open', evidence: null };

const proven = (evidence: string): Found => ({ state: 'proven', evidence });
const open = (evidence: string): Found => ({ state: 'open', evidence });

type Record = RecoveryRecord;

/** By item; one that is not named is people's alone. */
const PROOFS: Readonly<Partial<{ [Id in ItemId]: (record: Record) => Found }>> = {
  'analyse.report': ({ evidence }) => (evidence === null ? OPEN : open(`in ${evidence.folder}`)),
  'analyse.core': coreOf,
  'analyse.logs': logsOf,
  'analyse.cause': causeOf,
  'fix.code': adviceOf,
  'checkpoint.exists': (record) => ofCheckpoint(record, ({ name }) => proven(`${name} was loaded`)),
  'checkpoint.checksum': (record) =>
    ofCheckpoint(record, ({ name }) => proven(`${name}: one that does not hold is not loaded`)),
  'checkpoint.reasonable': (record) =>
    ofCheckpoint(record, ({ name }) => proven(`${name}: what is absurd is not loaded`)),
  'checkpoint.age': (record) => ofCheckpoint(record, ageOf),
  'reconcile.positions': readOf,
  'reconcile.compared': comparedOf,
  'reconcile.resolved': resolvedOf,
  'reconcile.documented': ({ reconciliation }) =>
    reconciliation === null ? OPEN : proven('each line is in the report'),
  'test.start': (record) => ofStep(record, 'start'),
  'test.services': (record) => ofStep(record, 'start', 'comprehensiveHealth'),
  'test.connections': (record) => ofStep(record, 'start', 'comprehensiveHealth'),
  'test.market': (record) => ofStep(record, 'market'),
  'test.risk': (record) => ofStep(record, 'risk'),
  'resume.approval': approvalOf,
  'resume.reduced': (record) => ofFirstStage(record, ({ percent }) => percent < 100),
  'resume.low': (record) => ofFirstStage(record, ({ strategies }) => strategies === 'low'),
  'resume.watched': watchedOf,
  'resume.full': (record) => {
    const last = rampOf(record).at(-1);
    if (last === undefined) return OPEN;
    return last.percent === 100 ? proven('100 % granted') : open(`at ${last.percent} %`);
  },
  'after.documented': ({ outcome, incidentId }) =>
    outcome === 'running' ? OPEN : proven(`the record of ${incidentId}`),
  'after.report': (record) => {
    const after = latest(record, 'after');
    return after?.status === 'done' ? proven(after.detail) : OPEN;
  },
};

export function foundOf(id: ItemId, record: RecoveryRecord): Found {
  return PROOFS[id]?.(record) ?? OPEN;
}

function coreOf({ evidence }: Record): Found {
  const cores = evidence?.items.filter(({ name }) => /core|backtrace/.test(name)) ?? [];
  const [core] = cores.filter(({ collected }) => collected);
  if (core !== undefined) return open(`${core.name}: ${core.detail}`);
  const [missing] = cores;
  return missing === undefined
    ? OPEN
    : { state: 'not_applicable', evidence: `${missing.name}: ${missing.detail}` };
}

function logsOf({ evidence }: Record): Found {
  const logs = evidence?.items.filter(({ name, collected }) => collected && /log/.test(name)) ?? [];
  return logs.length === 0 ? OPEN : open(logs.map(({ name }) => name).join(', '));
}

/** Of what it died is told; why, only people know. */
function causeOf({ classification }: Record): Found {
  if (classification === null) return OPEN;
  const { cause, confidence, because } = classification;
  return open(`died of ${cause} (${confidence}): ${because}`);
}

function adviceOf({ classification }: Record): Found {
  const mend = classification?.advice?.mend ?? [];
  return mend.length === 0 ? OPEN : open(mend.join('; '));
}

interface Loaded {
  name: string;
  ageMs: number | null;
}

function ofCheckpoint({ stateSource }: Record, judge: (loaded: Loaded) => Found): Found {
  if (stateSource === null) return OPEN;
  const { kind, name, ageMs, why } = stateSource;
  if (kind === 'exchanges') {
    return { state: 'not_applicable', evidence: `the state is the exchanges' word: ${why}` };
  }
  return judge({ name: kind === 'shadow' ? `shadow ${name ?? ''}` : (name ?? 'the file'), ageMs });
}

function ageOf({ name, ageMs }: Loaded): Found {
  if (ageMs === null) return open(`the age of ${name} is not known`);
  const words = `${name} was ${counted(Math.round(ageMs / 1_000), 'second')} old at the crash`;
  return ageMs < HOUR_MS ? proven(words) : open(words);
}

function readOf(record: Record): Found {
  const step = latest(record, 'reconcile');
  return record.reconciliation === null || step === undefined
    ? OPEN
    : proven('every venue was read; one that could not be is asked about');
}

function comparedOf({ reconciliation, stateSource }: Record): Found {
  if (reconciliation === null) return OPEN;
  const { match, explained, unexplained, unknown } = reconciliation.counts;
  const words = `${match} equal, ${explained} explained, ${unexplained} unexplained, ${unknown} unknown`;
  return stateSource?.kind === 'exchanges'
    ? open(`${words}; compared with nothing independent`)
    : proven(words);
}

function resolvedOf({ reconciliation }: Record): Found {
  if (reconciliation === null) return OPEN;
  const { counts, words } = reconciliation;
  const left = counts.unexplained + counts.unknown;
  if (left === 0) return proven('nothing is unexplained');
  if (words?.disputed !== undefined) return proven(`${left} taken by a person's signed word`);
  return open(`${left} unexplained or unknown`);
}

/** As the attempt that runs has it; `needs`: what the engine must offer for it to prove that much. */
function ofStep(record: Record, name: StepName, needs?: Capability): Found {
  const step = latest(record, name);
  if (step === undefined) return OPEN;
  const { status, detail } = step;
  if (status !== 'done') return open(`${status}: ${detail}`);
  const lacks = record.integration?.some(({ capability }) => capability === needs) === true;
  return lacks ? open(`the engine does not tell; ${detail}`) : proven(detail);
}

function latest({ steps }: Record, name: StepName): StepRecord | undefined {
  return steps.findLast((step) => step.name === name);
}

/** When people last had it go on; 0 where they never had. */
function goneOnAtMs({ gates }: Record): number {
  const last = gates.findLast(
    ({ kind, outcome }) => kind === 'manual_recovery' && outcome === 'approved',
  );
  return last?.closedAtMs ?? 0;
}

function rampOf(record: Record): Record['ramp'] {
  const sinceMs = goneOnAtMs(record);
  return record.ramp.filter(({ atMs }) => atMs >= sinceMs);
}

function approvalOf({ gates }: Record): Found {
  const asked = gates.findLast(({ kind }) => kind === 'manual_recovery');
  if (asked?.outcome !== 'approved') return OPEN;
  const said = asked.decisions.filter(({ answer }) => answer === 'approve');
  return proven(
    `signed by ${said.map(({ approver, reason }) => `${approver}: ${reason}`).join('; ')}`,
  );
}

function ofFirstStage(record: Record, holds: (stage: Record['ramp'][number]) => boolean): Found {
  const [first] = rampOf(record);
  if (first === undefined) return OPEN;
  const words = `began at ${first.percent} %, ${first.strategies} risk strategies`;
  return holds(first) ? proven(words) : open(words);
}

/** From the last grant to the end of the ramp, which the last window bounds. */
function watchedOf(record: Record): Found {
  const last = rampOf(record).at(-1);
  const ramp = latest(record, 'ramp');
  if (last?.percent !== 100 || ramp === undefined) return OPEN;
  if (ramp.endedAtMs === null) return open('full trading is being watched');
  const forMs = ramp.endedAtMs - last.atMs;
  const words = `full trading was watched for ${counted(Math.round(forMs / 1_000), 'second')}`;
  return ramp.status === 'done' && forMs >= CLOSELY_MS ? proven(words) : open(words);
}
