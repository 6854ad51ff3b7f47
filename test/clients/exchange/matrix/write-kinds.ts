/** With what a write can be struck. */
import { FAULT_KINDS, type FaultKind } from '../../../../sandbox/venues/http/faults.js';

/** Lists are not among writes, and a skewed clock is the whole venue's. */
const OF_READS: readonly FaultKind[] = [
  'stale',
  'duplicate-page',
  'shifting-page',
  'dropping-page',
  'clock-skew',
];
export const WRITE_KINDS = FAULT_KINDS.filter((kind) => !OF_READS.includes(kind));

/** These can come although the venue did what was asked; what is cut or late always has. */
export const MAY_HIDE: readonly FaultKind[] = [
  'html',
  'html-error',
  'empty-object',
  'empty-body',
  'rate-limit',
  'ban',
];
