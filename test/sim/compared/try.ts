import '../time/installed.js';
const { bundledCode } = await import('../../workers/processes/bundled.js');
const { inIncidentWorld } = await import('../world/incident.js');
const [seed = '1', level = 'ports'] = process.argv.slice(2);
const code = await bundledCode();
for (const each of seed.split(',')) {
  const before = process.cpuUsage();
  await inIncidentWorld({ seed: each, code, level: level as 'ports' }, async (world) => {
    await world.startEngine();
    await world.sleep(10_000);
    console.log('before', world.differences());
    world.crashEngine();
    const quiet = await world.untilQuiet(3_600_000);
    console.log(
      'quiet',
      quiet,
      world.recoveries.map((r) => r.status),
      (Date.now() - 1780282800000) / 1000,
    );
    for (const r of world.recoveries) {
      const rec = await world.operator.record(r.identity.workflowId);
      console.log(
        rec?.outcome,
        rec?.outcomeDetail,
        rec?.steps.map((s) => `${s.name}:${s.status}:${s.attempts}`).join(' '),
        rec?.orders?.counts,
        rec?.reconciliation?.counts,
        rec?.gates.map((g) => `${g.kind} ${g.outcome}`),
      );
    }
    await world.sleep(10_000);
    await world.settleBooks();
    console.log(world.differences());
    console.log(world.facts.notices.map((n) => n.channel + ': ' + n.notice.title));
    console.log(
      world.facts.calls.map((c) => `${c.path} e${c.epoch} ${c.key} ${c.status}`),
      world.facts.reports.map((r) => r.receipt.disposition),
    );
    console.log(world.around.server.tasks.failures, world.around.server.tasks.nondeterminism);
    if (process.env.POINTS) console.log(world.points.counts, world.market.requests);
  });
  const { user, system } = process.cpuUsage(before);
  console.log('cpu ms', (user + system) / 1000);
}
process.exit(0);
