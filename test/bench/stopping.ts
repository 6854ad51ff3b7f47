/**
 * `relight shutdown` under telling pairs of faults: what was possible is done, and words and exit code are
 * true. Fails with the first that is not. Too long for every run of the tests, which have the single ones.
 */
import { checkStop, MAY_LIVE, type Stop } from '../workers/operations/stopping/stops.js';
import { openFleet } from '../workers/operations/stopping/world.js';

const KILLED = /^(?:killed|stopped)/;
const BY_BOOK = /^FAILED: [1-9]\d* cancelled, .*CANCEL BY HAND/;
const UNSEEN = /^NOT SEEN FROM HERE .*THE ENGINE MAY LIVE: run this on sandbox/;

/** Of an engine whose host could not be reached: it trades on, and that is said. */
const LIVES = { code: 3, engine: 'lives', latched: false } as const;
const GONE = { from: 'host', engine: 'gone' } as const;

export const PAIRS: readonly Stop[] = [
  { ...GONE, faults: ['temporal', 'hung'], code: 0, told: false, said: { engine: /^killed/ } },
  {
    ...GONE,
    faults: ['temporal', 'refusing'],
    code: 3,
    told: false,
    leftAt: 'kraken',
    said: { engine: KILLED, kraken: /^FAILED: 0 cancelled, [1-9]\d* left: .*CANCEL BY HAND/ },
  },
  {
    ...GONE,
    faults: ['worker', 'garbage'],
    code: 3,
    told: null,
    said: { engine: KILLED, coinbase: BY_BOOK, guardian: /^not known to be told/ },
  },
  {
    ...GONE,
    faults: ['agent', 'hanging'],
    code: 3,
    said: { engine: KILLED, binance: BY_BOOK, guardian: /^told, .*no word from the agent/ },
  },
  {
    ...GONE,
    faults: ['garbage', 'unlisting'],
    code: 3,
    said: { engine: KILLED, coinbase: BY_BOOK, kraken: BY_BOOK },
  },
  {
    ...GONE,
    faults: ['hung', 'strangers'],
    code: 0,
    said: { engine: /^killed/, binanceusdm: /1 not understood: .*STRANGEUSDT/ },
  },
  {
    ...GONE,
    from: 'laptop',
    faults: ['hung'],
    code: 0,
    said: { engine: /^on sandbox: killed/, guardian: /latched on sandbox/ },
  },
  {
    ...LIVES,
    from: 'laptop',
    faults: ['temporal'],
    told: false,
    said: { engine: UNSEEN, guardian: /^NOT TOLD .*THE ENGINE MAY LIVE/ },
  },
  {
    ...LIVES,
    from: 'laptop',
    faults: ['worker'],
    told: null,
    said: {
      engine: UNSEEN,
      guardian: /^NOT KNOWN TO BE TOLD \(no answer in time\): THE ENGINE MAY LIVE/,
    },
  },
  {
    ...LIVES,
    from: 'laptop',
    faults: ['agent'],
    said: { engine: UNSEEN, guardian: MAY_LIVE },
  },
];

/** How many held; all of them, where it returns. */
export async function runStops(stops: readonly Stop[] = PAIRS): Promise<number> {
  const ends: (() => unknown)[] = [];
  const after = (end: unknown) => void ends.push(end as () => unknown);
  try {
    const world = await openFleet({ after });
    for (const stop of stops) await checkStop(world, stop);
    return stops.length;
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}
