/** What `relight watch` shows of its passes, and how it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchPass } from '../../../clients/cli/answers/schemas.js';
import type { Operations } from '../../../clients/cli/operations.js';
import type { Trouble } from '../../../workflows/domain/reconciliation/watch.js';
import { run } from './run.js';

const NO_FIELDS = { figure: null, order: null, why: null };
const LOST: Trouble = {
  ...NO_FIELDS,
  id: 'x',
  kind: 'figure',
  venue: 'alpha',
  text: 'alpha BTC: 1 unexplained',
};
const AWAY: Trouble = {
  ...NO_FIELDS,
  id: 'y',
  kind: 'venue',
  venue: 'kraken',
  text: 'kraken cannot be read',
};
const DOWN = [{ venue: 'kraken', why: 'VenueUnreadable: timed out' }];
const QUIET: WatchPass = {
  atMs: 0,
  engineId: 'desk',
  source: { kind: 'engine', sequence: 7 },
  counts: { match: 3, explained: 1, dust: 0, unverified: 0, unexplained: 0, unknown: 0 },
  unreadable: [],
  raised: [],
  cleared: [],
  open: [],
};

function watching(...passes: WatchPass[]): Operations['watch'] {
  return async (_engineId, { onPass }) => {
    for (const pass of passes) onPass(pass);
    return passes.at(-1) ?? null;
  };
}

test('watch prints every pass, with what it was compared with', async (t) => {
  const alarm = { ...QUIET, raised: [LOST], open: [LOST] };
  const watch: Operations['watch'] = async (engineId, options) => {
    assert.equal(options.everyMs, 5_000);
    return watching(alarm, { ...QUIET, cleared: [LOST] })(engineId, options);
  };
  const { stdout, code } = await run(t, { watch }, 'watch', '--every', '5');
  const at = '1970-01-01T00:00:00.000Z  ';
  assert.deepEqual(stdout.split('\n'), [
    `${at}ALARM    alpha BTC: 1 unexplained`,
    `${at}live engine: 3 match, 1 explained, 0 dust, 0 unexplained, 0 unknown; 1 alarm open`,
    `${at}cleared  alpha BTC: 1 unexplained`,
    `${at}live engine: 3 match, 1 explained, 0 dust, 0 unexplained, 0 unknown`,
    '',
  ]);
  assert.equal(code, 0);
  const json = await run(t, { watch }, 'watch', '--every', '5', '--json');
  const [first = ''] = json.stdout.split('\n');
  assert.deepEqual(JSON.parse(first), alarm);
});

test('what cannot be read is named with why, and again only when that changes', async (t) => {
  const why = 'the engine at http://127.0.0.1:9301 does not answer';
  const source = { kind: 'checkpoint', name: '17.ckpt', sequence: 17, ageMs: 9_000, why } as const;
  const away = { ...QUIET, unreadable: DOWN, source };
  const later = { ...away, source: { ...source, ageMs: 39_000 } };
  const refused = { ...away, unreadable: [{ venue: 'kraken', why: 'VenueRefused: bad key' }] };
  const watch = watching(away, later, refused, QUIET, away);
  const { stdout } = await run(t, { watch }, 'watch');
  const unread = stdout.split('\n').flatMap((row) => row.split('  unread   ')[1] ?? []);
  const engine = `${why}; the newest checkpoint stands in for its books`;
  const kraken = 'kraken: VenueUnreadable: timed out';
  assert.deepEqual(unread, [engine, kraken, 'kraken: VenueRefused: bad key', engine, kraken]);
  assert.match(stdout, /Z {2}checkpoint 17\.ckpt, 9\.0 s old: 3 match/);
});

test('watch ends with 3 where a difference is open, 5 where it could not read, else 0', async (t) => {
  const code = async (...passes: WatchPass[]) =>
    (await run(t, { watch: watching(...passes) }, 'watch')).code;
  assert.equal(await code(QUIET), 0);
  assert.equal(await code({ ...QUIET, open: [LOST] }, QUIET), 0, 'the last pass counts');
  assert.equal(await code({ ...QUIET, open: [LOST] }), 3);
  assert.equal(await code({ ...QUIET, open: [AWAY, LOST], unreadable: DOWN }), 3);
  assert.equal(await code({ ...QUIET, open: [AWAY] }), 5);
  assert.equal(await code({ ...QUIET, unreadable: DOWN }), 5);
  assert.equal(await code({ ...QUIET, source: { kind: 'nothing', why: 'silent' } }), 5);
  assert.equal(await code(), 5, 'nothing was read at all');
  for (const kind of ['forced', 'order'] as const) {
    assert.equal(await code({ ...QUIET, open: [{ ...LOST, kind }] }), 3, kind);
  }
  for (const kind of ['engine', 'state'] as const) {
    assert.equal(await code({ ...QUIET, open: [{ ...LOST, kind }] }), 5, kind);
  }
});

test('a channel that takes no alarms is said on stderr', async (t) => {
  const watch: Operations['watch'] = async (_engineId, { onUndelivered }) => {
    onUndelivered({ channel: 'chat', why: 'answered 503', kept: 2, dropped: 0 });
    onUndelivered({ channel: 'pager', why: 'answered 500', kept: 1_000, dropped: 3 });
    return QUIET;
  };
  const { stderr } = await run(t, { watch }, 'watch', '--json');
  assert.match(stderr, /^chat DOES NOT TAKE ALARMS: answered 503; 2 kept for the next pass$/m);
  assert.match(stderr, /^pager .*; 1000 kept .*; 3 LOST, because too many are kept$/m);
});

for (const every of ['often', '0x10', '1e3', ' 5', '0', '-5', '86401', '1e300', 'Infinity', '']) {
  test(`an interval of "${every}" is refused, and names the remedy`, async (t) => {
    const { stderr, code } = await run(t, {}, 'watch', '--every', every);
    assert.ok(stderr.includes(`--every is "${every}": give a number of seconds from 1 to 86400`));
    assert.equal(code, 2);
  });
}

test('a whole day is an interval', async (t) => {
  const watch: Operations['watch'] = async (_engineId, { everyMs }) => {
    assert.equal(everyMs, 86_400_000);
    return QUIET;
  };
  assert.equal((await run(t, { watch }, 'watch', '--every', '86400')).code, 0);
});

test('watch leaves no handler of signals behind', async (t) => {
  const before = process.listenerCount('SIGINT');
  await run(t, { watch: watching(QUIET) }, 'watch');
  assert.equal(process.listenerCount('SIGINT'), before);
});
