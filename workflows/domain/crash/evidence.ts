/** What a record keeps of the evidence of its crashes: that of the last one, and beside it what those before left. */
import type { ArtifactRef } from '../content/artifact.js';
import type { Classification } from './cause/cause.js';

export interface EvidenceItem {
  name: string;
  collected: boolean;
  detail: string;
}

export interface Evidence {
  folder: string;
  items: EvidenceItem[];
  /** Of the files, for other hosts; missing in records of earlier versions. */
  index?: ArtifactRef;
  /** Why there is no index. */
  unindexed?: string;
}

/** What an earlier crash of the incident left, and what it was taken for. */
export interface EarlierEvidence extends Evidence {
  classification: Classification | null;
}

interface Kept {
  classification: Classification | null;
  evidence: Evidence | null;
  earlierEvidence?: EarlierEvidence[];
}

/** The files of all stay on the host; of so many the record says where. */
const EARLIER_KEPT = 20;

/** One folder is one crash: looked at again it is told anew, that of another crash is told besides. */
export function keepEvidence(
  record: Kept,
  { classification, ...evidence }: Evidence & { classification: Classification },
): void {
  const before = record.evidence;
  if (before !== null && before.folder !== evidence.folder) {
    const earlier = { ...before, classification: record.classification };
    record.earlierEvidence = [...(record.earlierEvidence ?? []), earlier].slice(-EARLIER_KEPT);
  }
  record.evidence = evidence;
  record.classification = classification;
}

/** What was gathered besides, of the same crash: its cause stays as it was told. */
export function completeEvidence(record: Kept, complete: Evidence): void {
  const { folder, items, index, unindexed } = complete;
  const shared = { ...(index && { index }), ...(unindexed !== undefined && { unindexed }) };
  const known = [record.evidence, ...(record.earlierEvidence ?? [])];
  const own = known.findLast((one) => one?.folder === folder);
  if (own) Object.assign(own, { items, ...shared });
}
