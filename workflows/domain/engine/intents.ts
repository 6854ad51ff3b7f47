/**
 * What an engine was about to send since its state was kept: of which of its journals, and which of their records.
 *
 * Invariants: a record that may be younger than the state counts; what of them cannot be known is told, a sentence
 * each, and never left out; of two clocks that may disagree none decides.
 */
import { plain } from '../content/plain.js';
import { counted } from '../content/counted.js';
import type { Intent, Journal, JournalHeader } from './journal.js';

/** An instance that has died, and whose journal has to be there. */
export interface DeadInstance {
  instanceId: string;
  startTicks: string;
  diedAtMs: number;
}

/** A file of the folder; of one that is no journal, why, as the end of a sentence. */
export interface ListedJournal {
  name: string;
  header: JournalHeader | string;
}

/** By the clock of the engine's host; null: nothing is known to be older than the state. */
export interface Since {
  sinceMs: number | null;
}

export interface JournalsChosen {
  names: string[];
  doubts: string[];
}

export interface IntentsChosen {
  intents: Intent[];
  unfinished: number;
  doubts: string[];
}

/** A state is copied a moment after it was true, and the clocks of records are behind by a tick. */
const MARGIN_MS = 5_000;
/** Two clocks of one machine that differ by more have been set against each other. */
const DRIFT_NS = 1_000_000_000n;
/** The kits keep ten. */
const MOST_JOURNALS = 10;
export const MOST_INTENTS = 10_000;
const LONGEST_NAME = 200;

function journalNameOf(instanceId: string): string {
  return `${instanceId}.journal`;
}

/**
 * Instances of an engine live one after the other: one that was followed before the state was kept is told by
 * it. Where nothing tells how old the state is, those that have died count.
 */
export function journalsThatMatter(
  engineId: string,
  listed: readonly ListedJournal[],
  { died, sinceMs }: Since & { died: readonly DeadInstance[] },
): JournalsChosen {
  const doubts: string[] = [];
  const own: (ListedJournal & { header: JournalHeader })[] = [];
  for (const { name, header } of listed) {
    if (typeof header === 'string')
      doubts.push(`${shown(name)} ${header}: whose it is is not known`);
    else if (header.engineId === engineId) own.push({ name, header });
  }
  doubts.push(...due(died, sinceMs).flatMap((one) => absent(engineId, one, listed)));
  const dead = new Set(died.map(({ instanceId }) => instanceId));
  // Of one that nobody has seen die, all may matter.
  const all = sinceMs !== null || dead.size === 0;
  const theirs = own.filter(({ header }) => all || dead.has(header.instanceId));
  theirs.sort((a, b) => compare(a.header.timeNs, b.header.timeNs));
  const followed = theirs.findLastIndex(({ header }) => isBefore(header.timeNs, sinceMs));
  const names = theirs.slice(Math.max(0, followed)).map(({ name }) => name);
  const more = names.length - MOST_JOURNALS;
  if (more > 0) doubts.push(`${counted(more, 'older journal')} since then: not read`);
  return { names: names.slice(-MOST_JOURNALS), doubts };
}

function due(died: readonly DeadInstance[], sinceMs: number | null): DeadInstance[] {
  return died.filter(({ diedAtMs }) => sinceMs === null || diedAtMs >= sinceMs - MARGIN_MS);
}

function absent(
  engineId: string,
  { instanceId, startTicks }: DeadInstance,
  listed: readonly ListedJournal[],
): string[] {
  const name = journalNameOf(instanceId);
  const header = listed.find((one) => one.name === name)?.header;
  if (header === undefined) return [`${shown(name)} is not there`];
  if (typeof header === 'string') return []; // told already
  const isOf = header.engineId === engineId && header.instanceId === instanceId;
  if (isOf && header.startTicks === startTicks) return [];
  const other = isOf
    ? 'another process of that name'
    : `${header.instanceId} of ${header.engineId}`;
  return [`${shown(name)} is of ${shown(other)}`];
}

/** The intents of one journal that may be younger than the state, oldest first. */
export function intentsSince(name: string, journal: Journal, { sinceMs }: Since): IntentsChosen {
  const { intents, overwritten, unfinished, damaged, missing, capacity } = journal;
  const at = isSteady(journal) ? sinceMs : null;
  const first = intents.findIndex(({ timeNs }) => !isBefore(timeNs, at));
  const from = first === -1 ? intents.length : first;
  // A record that is older than the round stands alone: those between are overwritten.
  const before = (intents.at(-1)?.sequence ?? 0) - capacity;
  const isCut = overwritten > 0 && (intents[from - 1]?.sequence ?? 0) <= Math.max(0, before);
  const doubts: [number, string][] = [
    [isCut ? overwritten : 0, 'overwritten, of since the state was kept'],
    [damaged, 'damaged'],
    [missing, 'missing'],
  ];
  return {
    intents: intents.slice(from),
    unfinished,
    doubts: doubts
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${shown(name)}: ${counted(count, 'record')} ${what}`),
  };
}

/** Whether its two clocks went alike, so that its times can be compared with a checkpoint's. */
function isSteady({ timeNs, monotonicNs, intents }: Journal): boolean {
  const began = BigInt(timeNs) - BigInt(monotonicNs);
  return intents.every((intent) => {
    const drift = BigInt(intent.timeNs) - BigInt(intent.monotonicNs) - began;
    return drift <= DRIFT_NS && drift >= -DRIFT_NS;
  });
}

/** By more than the margin. */
function isBefore(timeNs: string, sinceMs: number | null): boolean {
  return sinceMs !== null && Number(BigInt(timeNs) / 1_000_000n) < sinceMs - MARGIN_MS;
}

function compare(one: string, other: string): number {
  const difference = BigInt(one) - BigInt(other);
  return difference < 0n ? -1 : Number(difference > 0n);
}

function shown(name: string): string {
  return plain(name, LONGEST_NAME);
}
