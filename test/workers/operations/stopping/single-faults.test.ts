/**
 * `relight shutdown` under each single fault: no own working order is left but where the venue takes nothing,
 * what protects stays, the latch holds, nothing comes back, and words and exit code are true.
 */
import { test } from 'node:test';
import { whyNoNamespace } from '../../../needs.js';
import { checkStop, MAY_LIVE, type Stop } from './stops.js';
import { openFleet } from './world.js';

const KILLED = /^(?:killed|stopped)/;

const SINGLES: readonly [what: string, stop: Stop][] = [
  [
    'a hung engine is killed',
    {
      faults: ['hung'],
      from: 'host',
      code: 0,
      engine: 'gone',
      said: { engine: /^killed/, guardian: /^told[;,]/ },
    },
  ],
  [
    'from another host',
    {
      faults: [],
      from: 'laptop',
      code: 0,
      engine: 'gone',
      said: { engine: /^on sandbox: (?:killed|stopped)/, guardian: /latched on sandbox/ },
    },
  ],
  [
    "a stranger's row that nobody understands is named, and keeps nothing from being cancelled",
    {
      faults: ['strangers'],
      from: 'host',
      code: 0,
      engine: 'gone',
      said: { engine: KILLED, binanceusdm: /1 not understood: .*STRANGEUSDT.*somebody-7/ },
    },
  ],
  [
    'a venue whose list is garbage: what the book has is cancelled, and it is not called clear',
    {
      faults: ['garbage'],
      from: 'host',
      code: 3,
      engine: 'gone',
      said: { engine: KILLED, coinbase: /^FAILED: [1-9]\d* cancelled, .*CANCEL BY HAND/ },
    },
  ],
  [
    'a venue whose list hangs',
    {
      faults: ['hanging'],
      from: 'host',
      code: 3,
      engine: 'gone',
      said: { engine: KILLED, binance: /^FAILED: [1-9]\d* cancelled, .*CANCEL BY HAND/ },
    },
  ],
  [
    'a venue that refuses everything: each of ours there is named',
    {
      faults: ['refusing'],
      from: 'host',
      code: 3,
      engine: 'gone',
      leftAt: 'kraken',
      said: { engine: KILLED, kraken: /^FAILED: 0 cancelled, [1-9]\d* left: rl-.*CANCEL BY HAND/ },
    },
  ],
  [
    'a dead agent',
    {
      faults: ['agent'],
      from: 'host',
      code: 0,
      engine: 'gone',
      said: { engine: KILLED, guardian: /^told, and holds every recovery; no word from the agent/ },
    },
  ],
  [
    'a dead worker',
    {
      faults: ['worker'],
      from: 'host',
      code: 0,
      engine: 'gone',
      told: null,
      said: {
        engine: KILLED,
        guardian: /^not known to be told \(no answer in time\): the latch of this host/,
      },
    },
  ],
  [
    'Temporal dead',
    {
      faults: ['temporal'],
      from: 'host',
      code: 0,
      engine: 'gone',
      told: false,
      said: { engine: KILLED, guardian: /^not told .*the latch of this host holds without it/ },
    },
  ],
];

test('the kill switch under each single fault', async (t) => {
  const world = await openFleet(t);
  for (const [what, stop] of SINGLES) {
    const skip = stop.from !== 'host' && whyNoNamespace();
    await t.test(what, { skip }, () => checkStop(world, stop));
  }
  await t.test(
    'a machine that only claims to be its host, with Temporal away, never says "not running"',
    { skip: whyNoNamespace() },
    () =>
      checkStop(world, {
        faults: [],
        from: 'claimant',
        code: 3,
        engine: 'lives',
        latched: false,
        told: false,
        said: { engine: /^NOT SEEN FROM HERE .*THE ENGINE MAY LIVE/, guardian: MAY_LIVE },
      }),
  );
});
