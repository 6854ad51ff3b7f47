/** How far back fills are read where there is no state to begin from. */
import { DAY_MS } from '../../numbers/durations.js';

/** As deep as the venues give; more only costs calls where a position is older. */
export const HISTORY_MS = 90 * DAY_MS;
