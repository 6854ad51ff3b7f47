/** Rules come from the control plane's own configuration; no message brings the rules that judge it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { reportCrash } from '../../../clients/temporal/recoveries.js';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import type { CrashNotice } from '../../../workflows/messages.js';
import { rulesOf } from '../fakes/activities.js';
import { APPROVERS, OLGA, RITA, sign, type Person } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const FORGER: Person = { name: 'forger', roles: ['ops', 'risk'], privateKey: '0f'.repeat(32) };
const FORGED = {
  policy: quickPolicy({ reconciliation: { strict: false }, gates: { quorum: 1 } }),
  approvers: [{ name: 'forger', roles: FORGER.roles, publicKey: publicKeyOf(FORGER.privateKey) }],
};
const withoutOlga = rulesOf({ approvers: APPROVERS.filter(({ name }) => name !== 'olga') });

describe('rules of an incident', { concurrency: 8 }, () => {
  test('are those of the worker, whatever the report brings along', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    const forged: CrashNotice = { ...engine.noticeOf(0), ...FORGED };
    await engine.warmUp();
    await reportCrash(world.client, forged);
    const refused = await engine.send(sign(await engine.gate('volatility'), 'approve', FORGER));
    assert.ok(!refused.accepted);
    assert.match(refused.reason, /"forger" is not among the configured approvers/);
    assert.equal((await engine.approve('volatility')).accepted, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('stand with their digest in the record and in each gate', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const { digest } = rulesOf();
    assert.equal((await engine.gate('volatility')).rulesDigest, digest);
    await engine.approve('volatility');
    await engine.ended();
    assert.deepEqual((await engine.record()).rules, { digest, latest: digest, changes: [] });
  });

  test('are asked for again at each gate: who was revoked meanwhile is refused', async () => {
    const engine = world.engine({ fakes: { ...troubles.exposureHigh, ...troubles.volatile } });
    await engine.crash();
    const exposure = await engine.gate('exposure');
    engine.replace('loadRules', async () => withoutOlga);
    assert.equal((await engine.send(sign(exposure, 'approve', OLGA))).accepted, true);
    const refused = await engine.send(sign(await engine.gate('volatility'), 'approve', OLGA));
    assert.ok(!refused.accepted);
    assert.match(refused.reason, /"olga" is not among the configured approvers/);
    assert.equal((await engine.approve('volatility', { person: RITA })).accepted, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { rules } = await engine.record();
    assert.equal(rules?.digest, rulesOf().digest);
    assert.equal(rules.latest, withoutOlga.digest);
    assert.match(rules.changes[0]?.change ?? '', /host-a: no longer an approver: "olga"/);
  });

  test('of two workers whose files differ are told of, and the policy stays that of the crash', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    const softer = rulesOf({ policy: quickPolicy({ risk: { maxExposure: '999999999' } }) });
    engine.replace('loadRules', async () => ({ ...softer, readBy: 'host-b' }));
    await engine.reject('volatility');
    await engine.gate('manual_recovery');
    const told = await eventually('the notice of the rules', async () =>
      engine
        .callsOf('notify')
        .find(({ input }) => /rules have changed/.test(String(input['title']))),
    );
    assert.match(String(told.input['text']), /worker at host-b: the policy differs/);
    await engine.approve('manual_recovery');
    await engine.approve('volatility', { attempt: 2 });
    await engine.ended();
    const asked = engine.callsOf('measureExposure').map(({ input }) => input['maxExposure']);
    assert.deepEqual([...new Set(asked)], [quickPolicy().risk.maxExposure]);
    const notices = engine.callsOf('notify').map(({ input }) => String(input['dedupKey']));
    assert.equal(notices.filter((key) => key.includes(':rules:')).length, 1);
  });

  test('that cannot be read at a gate are the last known ones, and the record says so', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    let asked = 0;
    engine.replace('loadRules', async () => {
      asked += 1;
      if (asked === 1) return rulesOf();
      throw ApplicationFailure.nonRetryable('no such engine here', 'ConfigurationInvalid');
    });
    await engine.crash();
    assert.equal((await engine.approve('volatility')).accepted, true);
    await engine.ended();
    const { changes } = (await engine.record()).rules ?? { changes: [] };
    assert.match(
      changes[0]?.change ?? '',
      /not read again, the last known ones hold: Configuration/,
    );
    const told = engine
      .callsOf('notify')
      .filter(({ input }) => /who may decide could not be read again/.test(String(input['title'])));
    assert.deepEqual(
      told.map(({ input }) => input['severity']),
      ['critical'],
      'once, and not again at the next question',
    );
  });

  test('that a worker has not refuse the report, which is taken when it has them', async () => {
    const engine = world.engine();
    engine.replace('loadRules', async () => {
      throw ApplicationFailure.nonRetryable('no such engine here', 'ConfigurationInvalid');
    });
    await engine.warmUp();
    await assert.rejects(
      engine.crash(),
      ({ cause }: Error) =>
        cause instanceof ApplicationFailure &&
        /No rules for "engine-\d+".*no such/.test(cause.message),
    );
    // Two reports of one death at once: none is told "known already" of what was not taken.
    const both = await Promise.allSettled([engine.reportAnew(), engine.reportAnew()]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    engine.replace('loadRules', async () => rulesOf());
    // As a detector sends it again: an update that has failed would be answered by its failure.
    assert.equal((await engine.crash()).disposition, 'opened');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });
});
