/** OKX as a connection must know it. */
import { isRow, word } from '../../answers/rows.js';
import { anyInstrument, isPrivate, type VenueProfile } from '../profile.js';
import { OKX } from './envelope.js';
import { OKX_LIMITS } from './limits.js';
import { OKX_WORDS } from './words.js';

export const okxProfile: VenueProfile = {
  options: () => ({}),
  envelope: OKX,
  words: OKX_WORDS,
  tellsHow: (answer) => isRow(answer) && word(answer['code']) !== '',
  limits: OKX_LIMITS,
  isSigned: isPrivate,
  statusWord,
  refusal: anyInstrument,
};

/** Several maintenances may be told; ccxt takes the word of the last, though it be a later one's. */
function statusWord(answer: unknown): string | undefined {
  const rows = isRow(answer) && Array.isArray(answer['data']) ? (answer['data'] as unknown[]) : [];
  const states = rows.flatMap((row) => (isRow(row) && 'serviceType' in row ? [row['state']] : []));
  if (states.length === 0) return undefined;
  return states.includes('ongoing') ? 'maintenance' : 'ok';
}
