/** A fail-over as the guardian makes it: what must be known before, where the recovery is, who is refused after. */
import assert from 'node:assert/strict';
import { Context } from '@temporalio/activity';
import { after, before, describe, test } from 'node:test';
import { signedClient } from '../../../clients/temporal/connect.js';
import { reportCrash, sendInstruction } from '../../../clients/temporal/recoveries.js';
import type { Left } from '../../../workflows/contract/index.js';
import type { Move } from '../../../workflows/domain/steering/fail-over.js';
import type { Told } from '../../../workflows/domain/steering/instruction.js';
import { failure } from '../../../workflows/failure.js';
import { hostTaskQueue } from '../../../workflows/ids.js';
import { happyHost, rulesOf } from '../fakes/activities.js';
import type { Engine, Fakes } from '../fakes/engine.js';
import { OLGA, RITA, tell, type Person } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

/** Where the recovery runs, another that answers, and one that does not. */
const [NEW, OLD, OFF] = ['host-1', 'host-2', 'host-3'];

let world: World;
before(async () => {
  world = await openWorld({ hosts: [OLD, OFF] });
  await world.openHost(OLD);
});
after(async () => world.close());

/** An engine of OLD, whose file says since that it lives on NEW; `queues`: where what was done. */
function movable(fakes: Parameters<World['engine']>[0] = {}) {
  const queues: string[] = [];
  const noted = <T extends object>(all: T): T =>
    Object.fromEntries(
      Object.entries(all).map(([name, act]: [string, (input: never) => unknown]) => [
        name,
        async (input: never) => {
          queues.push(`${name} ${Context.current().info.taskQueue}`);
          return act(input);
        },
      ]),
    ) as T;
  const host = noted({ ...happyHost(), ...fakes.fakes });
  const loadRules = async () => ({ ...rulesOf({ policy: quickPolicy() }), host: NEW });
  const engine = world.engine({ ...fakes, fakes: { loadRules, ...host } });
  const done = (name: string) => queues.filter((each) => each.startsWith(`${name} `));
  return { engine, done };
}

async function moveBy(
  { engineId }: Engine,
  move: Partial<Move> = {},
  { by = RITA, told = {} }: { by?: Person; told?: Partial<Told> } = {},
): Promise<string> {
  const whole = { from: OLD, to: NEW, epoch: 0, machineOff: false, ...move };
  const instruction = tell(engineId, 'failover', by, { move: whole, ...told });
  const answer = await sendInstruction(world.client, instruction);
  return answer.accepted ? answer.receipt.done : `refused: ${answer.reason}`;
}

const reportedBy = (host: string, engine: Engine, epoch: number) =>
  reportCrash(
    signedClient(world.keys.of('host', host), { connection: world.connection, identity: host }),
    { report: { ...engine.noticeOf(epoch).report, host } },
  );

async function closed(engine: Engine, incidents: number) {
  return eventually(`${incidents} incidents of ${engine.engineId}, all closed`, async () => {
    const status = await engine.status();
    return status.openIncident === null && status.past.length === incidents && status;
  });
}

const titles = (engine: Engine) =>
  engine.callsOf('notify').map(({ input }) => [input['severity'], input['title']].join(': '));

describe('an engine is brought to another host', { concurrency: 4 }, () => {
  test('that was seen gone on the old one, with what it left there', async () => {
    const { engine, done } = movable();
    const { report } = engine.noticeOf(4);
    const leaveHost = async ({ epoch }: { epoch: number }): Promise<Left> => {
      assert.equal(Context.current().info.taskQueue, hostTaskQueue(OLD));
      return { kind: 'left', epoch, report: { ...report, host: OLD }, ended: [] };
    };
    engine.replace('leaveHost', leaveHost);
    const said = await moveBy(engine, {}, { told: { reason: 'its disk fails' } });
    assert.match(
      said,
      /is failed over from "host-2" to "host-1", epoch 5: recovery of .*-e4 begun/,
    );
    const { host, moved, past, epoch } = await closed(engine, 1);
    assert.deepEqual([host, past[0]?.outcome, epoch], [NEW, 'recovered', 5]);
    assert.deepEqual([moved?.by, moved?.reason, moved?.fenced], ['rita', 'its disk fails', true]);
    const asked = (name: string, at: string) =>
      assert.deepEqual([...new Set(done(name))], [`${name} ${hostTaskQueue(at)}`], name);
    for (const name of ['collectEvidence', 'inspectCheckpoints', 'loadCheckpoint'])
      asked(name, OLD);
    for (const name of ['enterHost', 'confirmDeath', 'startEngine', 'applyStage']) asked(name, NEW);
    assert.deepEqual(
      ['enterHost', 'startEngine'].map((name) => engine.callsOf(name)[0]?.input['epoch']),
      [5, 5],
    );
    assert.match(
      String(engine.callsOf('confirmDeath')[0]?.input['provenThere']),
      /"host-2" has seen/,
    );
    const record = await engine.record(past[0]?.incidentId);
    assert.deepEqual([record.host, record.failover?.from, record.failover?.by], [NEW, OLD, 'rita']);
    await eventually('people are told', async () =>
      titles(engine).some((one) => /^warning: .*FAILED OVER from "host-2" to "host-1"/.test(one)),
    );

    // The old host knows nothing of it: its reports open nothing, and what the new one says does.
    assert.equal((await reportedBy(OLD, engine, 9)).disposition, 'refused');
    assert.equal((await reportedBy(NEW, engine, 5)).disposition, 'opened');
    await closed(engine, 2);
    assert.deepEqual(done('confirmDeath').at(-1), `confirmDeath ${hostTaskQueue(NEW)}`);
    assert.match(await moveBy(engine, { epoch: 6 }), /lives on "host-1", and this was signed/);
  });

  test('whose machine is signed to be off, and is fenced when it comes back', async () => {
    const { engine } = movable();
    const off = { from: OFF, machineOff: true };
    assert.match(
      await moveBy(engine, { from: OFF }),
      /nobody has seen that .* is gone there.*--machine-off/,
    );
    assert.deepEqual([engine.callsOf('enterHost'), (await engine.status()).host], [[], undefined]);
    assert.match(
      await moveBy(engine, off),
      /from "host-3" to "host-1", epoch 1: recovery of .*-e0/,
    );
    await engine.approve('automatic_recovery'); // nothing tells of what it died
    const { past, moved } = await closed(engine, 1);
    assert.deepEqual([past[0]?.outcome, moved?.fenced], ['recovered', false]);
    const { evidence, failover } = await engine.record();
    assert.match(evidence?.items[0]?.detail ?? '', /lies on "host-3": it could not be reached/);
    assert.match(failover?.proof ?? '', /rita has signed that its machine is off/);
    assert.deepEqual(engine.callsOf('leaveHost'), []);

    const ended = ['desk-e0 lived as pid 7'];
    engine.replace('leaveHost', async () => ({ kind: 'left', epoch: 1, report: null, ended }));
    await world.openHost(OFF);
    await eventually('it is fenced', async () => (await engine.status()).moved?.fenced === true);
    assert.deepEqual(
      engine.callsOf('leaveHost').map(({ input }) => [input['end'], input['epoch']]),
      [[true, 0]],
    );
    await eventually('people are told', async () =>
      titles(engine).some((one) => /^critical: .*IT LIVED ON "host-3" TOO/.test(one)),
    );
  });

  test('after its recovery has ended without it, as that incident anew', async () => {
    const { engine, done } = movable({ fakes: troubles.crashCause('unknown') });
    const at = (host: string) => async () => ({ ...rulesOf({ policy: quickPolicy() }), host });
    engine.replace('loadRules', at(OLD));
    await reportedBy(OLD, engine, 0);
    await engine.reject('automatic_recovery');
    await engine.gate('manual_recovery');
    assert.match(await moveBy(engine, { epoch: 1 }), /is being recovered: .* abort ends it/);
    await engine.reject('manual_recovery');
    await closed(engine, 1);
    engine.replace('loadRules', at(NEW));
    const report = { ...engine.noticeOf(0).report, host: OLD };
    engine.replace('leaveHost', async () => ({ kind: 'left', epoch: 2, report, ended: [] }));
    engine.replace('collectEvidence', happyHost().collectEvidence);
    assert.match(await moveBy(engine, { epoch: 1 }), /recovery of .*-e0~2 begun/);
    const { past } = await closed(engine, 2);
    assert.equal(past[1]?.outcome, 'recovered');
    assert.deepEqual(done('startEngine'), [`startEngine ${hostTaskQueue(NEW)}`]);
  });
});

describe('an engine is not brought to another host', { concurrency: 8 }, () => {
  const alive = async () => ({ kind: 'alive', detail: 'e0 runs as pid 7' }) as const;
  const fails = (kind: 'ProcessesUnreadable' | 'NotOurs' | 'StaleEpoch') => async () => {
    throw failure(kind, 'so it is');
  };
  type Row = [what: string, means: RegExp, move: Partial<Move>, fakes?: Fakes];
  const rows: Row[] = [
    ['that its file does not name', /set it to "host-2"/, { from: OFF, to: OLD }],
    ['at another epoch than was seen', /signed at epoch 3, and .* is at 0/, { epoch: 3 }],
    ['while it lives', /lives on "host-2": e0 runs as pid 7/, {}, { leaveHost: alive }],
    ['while it lives, signed as off', /lives on/, { machineOff: true }, { leaveHost: alive }],
    ['while a host that is signed as off answers', /is not off: it answers/, { machineOff: true }],
    [
      'where it could not be looked',
      /does not say that .* is gone.*so it is/,
      {},
      { leaveHost: fails('ProcessesUnreadable') },
    ],
    [
      'where it could not be looked, signed as off',
      /does not say that .* is gone.*so it is/,
      { machineOff: true },
      { leaveHost: fails('ProcessesUnreadable') },
    ],
    ['where it lives already', /lives on "host-1" already/, {}, { lookAtEngine: alive }],
    ['where it turns out to live', /lives on "host-1" already/, {}, { enterHost: alive }],
    [
      'whose agent does not have it',
      /"host-1" cannot take .*NotOurs/,
      {},
      { lookAtEngine: fails('NotOurs') },
    ],
    [
      'whose fence is further',
      /does not take .*StaleEpoch/,
      {},
      { enterHost: fails('StaleEpoch') },
    ],
  ];

  test('that is not its own, ready and safe', async () => {
    const { engine } = movable();
    for (const [what, means, move, fakes = {}] of rows) {
      const usual = happyHost();
      const all = { leaveHost: usual.leaveHost, enterHost: usual.enterHost, ...fakes };
      engine.replace('lookAtEngine', usual.lookAtEngine);
      for (const [name, fake] of Object.entries(all))
        engine.replace(name as 'leaveHost', fake as never);
      assert.match(await moveBy(engine, move), means, what);
    }
    const { host, moved, epoch, openIncident } = await engine.status();
    assert.deepEqual([host, moved, epoch, openIncident], [undefined, undefined, 0, null]);
    assert.deepEqual(engine.callsOf('startEngine'), []);
  });

  test('by whoever may not, twice, late, or by another command', async () => {
    const { engine } = movable();
    const id = '00000000-0000-4000-8000-000000000000';
    const tries: [RegExp, Parameters<typeof moveBy>[2]][] = [
      [/"olga" has roles ops; failover asks for risk/, { by: OLGA }],
      [/none of "rita"/, { by: { ...RITA, privateKey: OLGA.privateKey } }],
      [/counts for 10 minutes/, { told: { atMs: Date.now() - 3_600_000 } }],
      [/signed for the namespace/, { told: { namespace: 'staging' } }],
      [/says from where to where, and no other command/, { told: { command: 'recover' } }],
      [/is failed over/, { told: { id } }],
      [/taken already/, { told: { id } }],
    ];
    for (const [means, how] of tries) assert.match(await moveBy(engine, {}, how), means);
    const { past } = await closed(engine, 1);
    assert.equal(past.length, 1);
  });

  test('by its file alone: what nobody has signed is neither recovered nor taken up', async () => {
    const { engine } = movable();
    await engine.crash();
    await closed(engine, 1);
    engine.replace('loadRules', async () => ({ ...rulesOf({ policy: quickPolicy() }), host: OLD }));
    const receipt = await reportedBy(OLD, engine, 1);
    assert.equal(receipt.disposition, 'refused');
    assert.match('reason' in receipt ? receipt.reason : '', /nobody has signed that it has moved/);
    const recover = await sendInstruction(world.client, tell(engine.engineId, 'recover'));
    assert.match(recover.accepted ? '' : recover.reason, /relight failover ENGINE --to host-2/);
    assert.equal((await engine.status()).past.length, 1);
  });
});
