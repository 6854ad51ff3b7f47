/** What a reading of a venue says of the next recovery there. */
import { harmlessSetting } from '../policy/risk.js';
import { fault, ok, unverified, warning, type Finding } from './finding.js';

/** As far off as requests are still taken without a correction. */
const CLOSE_MS = 2_000;

/** `aheadMs`: null where the two differ by what nobody can tell. */
export function judgeClock(aheadMs: number | null): Finding {
  const remedy = 'set the clock of this host by NTP (chrony, systemd-timesyncd)';
  if (aheadMs === null) {
    return unverified(
      'its clock differs from that of this host, and it does not tell by how much',
      remedy,
    );
  }
  if (Math.abs(aheadMs) <= CLOSE_MS) return ok('its clock and that of this host agree');
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
  return warning(`the clock of this host is ${seconds} s ${side} that of the venue`, remedy);
}

/** `unquoted`: of what has no price, what no market prices at all. */
export function judgePrices(
  { unpriced, unquoted }: { unpriced: readonly string[]; unquoted: readonly string[] },
  engineId: string,
): Finding {
  if (unpriced.length === 0) return ok('whatever is held has a price');
  const found = `no price for ${unpriced.join(', ')}: a recovery would ask about exposure`;
  return warning(
    found,
    unquoted.length === 0
      ? 'look why its market tells no price now'
      : `declare what is no exposure by ${harmlessSetting(engineId, unquoted)}`,
  );
}

/** `words` say what to do where there is anything to be done. `isFinal`: asking again will not help. */
export function judgeUnreadable(words: string, isFinal: boolean): Finding {
  return isFinal
    ? fault(words, 'mend that, and run relight positions')
    : unverified(words, 'try again; where it stays, a recovery asks people and waits for it');
}
