/**
 * The manual recovery checklist of one incident as it stands: what the record proves, what people have ticked,
 * and what is open.
 *
 * Invariants: pure; what is proven needs no tick, and no tick makes a thing proven; a tick from before the newest crash
 * is of another crash, so its box is open again.
 */
import type { Classification } from '../crash/cause/cause.js';
import { utcText } from '../content/utc-text.js';
import type { RecoveryRecord } from '../record.js';
import type { KeptInstruction } from '../steering/kept.js';
import { foundOf } from './proofs.js';
import { ITEM_IDS, MANUAL_CHECKLIST, type ItemId } from './procedure.js';

interface Tick {
  by: string;
  atMs: number;
  note: string;
}

export interface ChecklistItem {
  id: ItemId;
  text: string;
  state: 'proven' | 'ticked' | 'open' | 'not_applicable';
  /** What proves it, or what there is to look at; null where there is nothing. */
  evidence: string | null;
  /** Missing where nobody has. */
  ticked?: Tick;
}

export interface ChecklistSection {
  title: string;
  items: ChecklistItem[];
}

export function checklistOf(record: RecoveryRecord): ChecklistSection[] {
  return MANUAL_CHECKLIST.map(({ title, items }) => ({
    title,
    items: items.map(({ id, text }) => ({ id, text, ...stateOf(id, record) })),
  }));
}

function stateOf(id: ItemId, record: RecoveryRecord): Omit<ChecklistItem, 'id' | 'text'> {
  const found = foundOf(id, record);
  const tick = lastTick(record.told?.kept ?? [], id);
  if (tick === null || found.state !== 'open') return found;
  const crashedAtMs = record.crashes.at(-1)?.detectedAtMs ?? 0;
  if (tick.atMs >= crashedAtMs) return { ...found, state: 'ticked', ticked: tick };
  const before = `ticked by ${tick.by} before the crash of ${utcText(crashedAtMs)}`;
  return { state: 'open', evidence: [found.evidence, before].filter(Boolean).join('; ') };
}

function lastTick(kept: readonly KeptInstruction[], id: ItemId): Tick | null {
  const last = kept.findLast(({ told }) => told.command === 'tick' && told.item === id)?.told;
  return last === undefined ? null : { by: last.by, atMs: last.atMs, note: last.reason };
}

/** Why a box cannot be ticked, for who would; null where it can. */
export function tickRefusal(item: string | undefined, record: RecoveryRecord): string | null {
  const id = ITEM_IDS.find((known) => known === item);
  if (id === undefined) {
    return `"${item ?? ''}" is no item of the checklist: relight checklist shows them`;
  }
  if (id === 'resume.approval') {
    return 'It is signed, not ticked: relight checklist resume --from STEP';
  }
  const { state, evidence } = foundOf(id, record);
  return state === 'proven' ? `"${id}" is proven already: ${evidence}` : null;
}

export function openItems(sections: readonly ChecklistSection[]): ItemId[] {
  return sections.flatMap(({ items }) =>
    items.filter(({ state }) => state === 'open').map(({ id }) => id),
  );
}

const MARKS: Record<ChecklistItem['state'], string> = {
  proven: '[x]',
  ticked: '[x]',
  open: '[ ]',
  not_applicable: '[-]',
};

/** One line, for people. */
export function itemWords({ text, state, evidence, ticked }: ChecklistItem): string {
  const by =
    ticked === undefined ? null : `${ticked.by} at ${utcText(ticked.atMs)}: ${ticked.note}`;
  const said = [by, evidence].filter((each) => each !== null).join('; ');
  return `${MARKS[state]} ${text}${said === '' ? '' : ` (${said})`}`;
}

interface Asked {
  title: string;
  items: string[];
}

/** In the evidence of its gate: the advice on the cause at its head, where the cause was analysed. */
export function checklistAsked(record: RecoveryRecord): Asked[] {
  const sections = checklistOf(record).map(({ title, items }) => ({
    title,
    items: items.map(itemWords),
  }));
  return [...adviceAsked(record.classification), ...sections];
}

/** As people were shown it by the former version, whose decisions are bound to it. */
export function checklistAsEver(cause: Classification | null): Asked[] {
  const sections = MANUAL_CHECKLIST.map(({ title, items }) => ({
    title,
    items: items.map(({ text }) => text),
  }));
  return [...adviceAsked(cause), ...sections];
}

function adviceAsked(cause: Classification | null): Asked[] {
  const advice = cause?.advice;
  if (advice === undefined) return [];
  const { scenario, mend, resume } = advice;
  return [{ title: `Advice: ${scenario}`, items: [...mend, ...resume] }];
}
