/** What `relight shutdown` prints, and its exit code, of a stop and of a release. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReleaseAnswer, ShutdownAnswer } from '../../../clients/cli/answers/shutdown.js';
import type { Operations } from '../../../clients/cli/operations.js';
import { run } from './run.js';

const FINE = { result: 'fine', failed: false };
const BAD = { result: 'bad', failed: true };
const STOPPED: ShutdownAnswer = {
  engineId: 'desk',
  latch: FINE,
  engine: FINE,
  guardian: null,
  venues: [],
};
const RELEASED: ReleaseAnswer = { engineId: 'desk', released: true, latch: FINE, guardian: FINE };

test('shutdown says no where any step failed, the latch and the engine included', async (t) => {
  const asked = async (answer: Partial<ShutdownAnswer>) => {
    const shutdown = async () => ({ ...STOPPED, ...answer });
    return run(t, { latch: async () => STOPPED.latch, shutdown }, 'shutdown', '--reason', 'test');
  };
  const venue = { venue: 'binance', ...FINE, orders: null };
  const fine = await asked({ venues: [venue] });
  assert.equal(fine.code, 0);
  assert.equal(fine.stdout, 'desk: kill switch fine\n  engine: fine\n  binance: fine\n');
  assert.equal((await asked({ latch: BAD })).code, 3);
  assert.equal((await asked({ engine: BAD })).code, 3);
  assert.equal((await asked({ guardian: BAD })).code, 3);
  assert.equal((await asked({ venues: [venue, { ...venue, ...BAD }] })).code, 3);
});

test('of all engines every latch is turned before anything else is begun', async (t) => {
  const did: string[] = [];
  const operations: Partial<Operations> = {
    engines: () => ['a', 'b', 'c'],
    latch: async (engineId) => {
      await new Promise((resolve) => setImmediate(resolve));
      did.push(`latch ${engineId}`);
      return FINE;
    },
    shutdown: async (engineId, _reason, { latch }) => {
      did.push(`stop ${engineId}`);
      return { ...STOPPED, engineId, latch };
    },
  };
  const { stdout, code } = await run(t, operations, 'shutdown', '--all', '--reason', 'x');
  assert.deepEqual(did, ['latch a', 'latch b', 'latch c', 'stop a', 'stop b', 'stop c']);
  assert.match(stdout, /^a: kill switch fine\nb: kill switch fine\nc: kill switch fine\n/);
  assert.equal(code, 0);
});

test('shutdown wants a reason, and so does its release', async (t) => {
  const shutdown = async () => assert.fail('nothing was to be stopped');
  const { stderr, code } = await run(t, { latch: shutdown, shutdown }, 'shutdown');
  assert.match(stderr, /Say why with --reason/);
  assert.equal(code, 2);
  const released = async (answer: boolean, ...args: string[]) =>
    run(
      t,
      { releaseKillSwitch: async () => ({ ...RELEASED, released: answer }) },
      'shutdown',
      '--release',
      ...args,
    );
  const why = ['--reason', 'looked at it'];
  const bare = await released(true);
  assert.match(bare.stderr, /Say with --reason why/);
  assert.equal(bare.code, 2);
  const lines = (said: string) => `desk: ${said}\n  guardian: fine\n`;
  assert.equal((await released(true, ...why)).stdout, lines('kill switch released'));
  assert.equal((await released(false, ...why)).stdout, lines('it was not engaged'));
  const { stdout } = await released(true, '--json', ...why);
  assert.deepEqual(JSON.parse(stdout), RELEASED);
});

test('of all engines each is released that can be, and what is not is named: exit code 3', async (t) => {
  const operations: Partial<Operations> = {
    engines: () => ['a', 'b', 'c'],
    releaseKillSwitch: async (engineId) =>
      engineId === 'a'
        ? { ...RELEASED, engineId, released: false, latch: BAD }
        : { ...RELEASED, engineId },
  };
  const all = ['shutdown', '--release', '--all', '--reason', 'x'];
  const { stdout, code } = await run(t, operations, ...all);
  const released = (engine: string) => `${engine}: kill switch released\n  guardian: fine\n`;
  assert.equal(stdout, `a: kill switch bad\n  guardian: fine\n${released('b')}${released('c')}`);
  assert.equal(code, 3);
});

test('as JSON a stop and a release have one form: an object, and of --all a list of it', async (t) => {
  for (const engines of [['desk'], ['a', 'b']]) {
    const operations: Partial<Operations> = {
      engines: () => engines,
      latch: async () => FINE,
      shutdown: async (engineId) => ({ ...STOPPED, engineId }),
      releaseKillSwitch: async (engineId) => ({ ...RELEASED, engineId }),
    };
    for (const [args, schema] of [
      [['shutdown'], ShutdownAnswer],
      [['shutdown', '--release'], ReleaseAnswer],
    ] as const) {
      const json = [...args, '--reason', 'x', '--json'];
      const [one, all] = [
        await run(t, operations, ...json, '--engine', 'desk'),
        await run(t, operations, ...json, '--all'),
      ];
      assert.equal(schema.parse(JSON.parse(one.stdout)).engineId, 'desk');
      const listed = (JSON.parse(all.stdout) as unknown[]).map((each) => schema.parse(each));
      assert.deepEqual(
        listed.map(({ engineId }) => engineId),
        engines,
      );
    }
  }
});

test('--all where no engine is configured is no stop: nothing is called done', async (t) => {
  for (const release of [[], ['--release']]) {
    const args = ['shutdown', ...release, '--all', '--reason', 'x'];
    const { code, stderr } = await run(t, { engines: () => [] }, ...args);
    assert.equal(code, 2);
    assert.match(stderr, /there is no engine in the configuration/i);
  }
});

test('a release keeps no orders: the pair is refused, and nothing is released', async (t) => {
  const releaseKillSwitch = async () => assert.fail('nothing was to be released');
  const { stderr, code } = await run(
    t,
    { releaseKillSwitch },
    'shutdown',
    '--release',
    '--keep-orders',
  );
  assert.match(stderr, /^--keep-orders is of a stop/);
  assert.equal(code, 2);
});

for (const given of ['', ' \t']) {
  test(`shutdown with the reason "${given}" stops all the same, and says so`, async (t) => {
    const reasons: string[] = [];
    const shutdown: Operations['shutdown'] = async (_engineId, reason) => {
      reasons.push(reason);
      return STOPPED;
    };
    const { stderr, code } = await run(
      t,
      { latch: async () => STOPPED.latch, shutdown },
      'shutdown',
      '--reason',
      given,
    );
    assert.deepEqual(reasons, ['(no reason given)']);
    assert.match(stderr, /^--reason is empty: the latch will say "\(no reason given\)"$/m);
    assert.equal(code, 0);
  });
}
