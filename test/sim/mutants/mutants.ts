/**
 * Planted bugs, each as a change of a line, which the simulator must find: old faults of this project, and those
 * of somebody who did not know the simulator.
 *
 * Invariants: names are unique; a bug is never planted but in a process that was started for it.
 */
import { BY_STRANGER } from './by-stranger.js';
import { bundle, HOST_LEASE, NO_LEASE, ofPorts, ofWorkflows, type Mutant } from './mutant.js';

const OLD_FAULTS: readonly Mutant[] = [
  ofWorkflows(
    'late-approval',
    'an approval after the deadline counts',
    bundle(
      /if \(expiresAtMs === null \|\| nowMs < expiresAtMs\) return null;\s+return `Gate/,
      'return null; return `Gate',
    ),
    bundle(/gate\.expiresAtMs !== null && decidedAtMs >= gate\.expiresAtMs/, 'false'),
    bundle(
      /return state\.status === 'open' \? \{\s+status: 'expired'\s+\} : state;/,
      'return state;',
    ),
  ),
  ofWorkflows(
    'forged-signature',
    'nobody looks at the signature',
    bundle(/(function proofFault\([^]*?\) \{)\n/, '$1 return null;\n'),
  ),
  ofWorkflows(
    'any-role',
    'whoever is configured may answer every question',
    bundle(
      /if \(!person\.roles\.some\(\(role\)=>roles\.includes\(role\)\)\) \{(\s+return `"\$\{person\.name\}" has roles \$\{person\.roles\.join\(', '\)\}; the gate)/,
      'if (false) {$1',
    ),
  ),
  ofWorkflows(
    'own-request-approved',
    'whoever has had a recovery begun anew approves that, too',
    bundle(
      /return answer === 'approve' && ([^;]*notByThemselves\) === approver;)/,
      'return false && $1',
    ),
  ),
  ofWorkflows(
    'rejection-approves',
    'a rejection counts as a vote like any other',
    bundle(/if \(vote\.answer === 'reject'\) return \{/, 'if (false) return {'),
  ),
  ofWorkflows(
    'epoch-stays',
    'the epoch is not raised after a crash',
    bundle(/record\.epoch = \(0,\w+\.nextEpoch\)\(record\.epoch, seen\);/, ''),
  ),
  ofWorkflows(
    'crash-forgotten-at-the-end',
    'a crash while the report is written is forgotten',
    bundle(/const unhandled = crashes\.left\(\);/, 'const unhandled = null;'),
  ),
  ofWorkflows(
    'crash-forgotten',
    'a crash of the new engine changes nothing',
    bundle(/const crashed = pending\.length > 0;/, 'const crashed = false;'),
  ),
  ofWorkflows(
    'question-untold',
    'a question is opened, and people are not told',
    bundle(
      /(function notice\(recovery, message\) \{)\n/,
      "$1 if (message.state === 'asked') return;\n",
    ),
  ),
  ofWorkflows(
    'end-untold',
    'a recovery ends, and people are not told',
    bundle(
      /(function notice\(recovery, message\) \{)\n/,
      "$1 if (message.state.endsWith('recovered')) return;\n",
    ),
  ),
  ofWorkflows(
    'no-report',
    'the report is not written',
    bundle(
      /const written = await report\(recovery\);/,
      "const written = { detail: '', pdf: null };",
    ),
  ),
  ofWorkflows(
    'step-without-end',
    'a step that fails is left running, also as the recovery ends',
    bundle(
      /entry\.status = status;\s+entry\.endedAtMs = Date\.now\(\);/,
      "if (status === 'done') { entry.status = status; entry.endedAtMs = Date.now(); }",
    ),
    bundle(/endWhatRuns\(record\);/, ''),
  ),
  ofWorkflows(
    'orders-not-looked-up',
    'an engine is started without looking up its orders',
    bundle(
      /const state = await \(0,\w+\.recoverOpenOrders\)\(recovery, reconciled, memory\);/,
      'const state = reconciled.state;',
    ),
  ),
  ofWorkflows(
    'market-unchecked',
    'trading is granted without a look at the market',
    bundle(
      /const waited = await \(0,\w+\.checkMarket\)\(recovery, approved\);/,
      'const waited = false;',
    ),
  ),
  ofWorkflows(
    'risk-unchecked',
    'trading is granted without a look at limits and exposure',
    bundle(/await \(0,\w+\.checkRisk\)\(recovery, state, approved, limits\);/, ''),
  ),
  ofWorkflows(
    'replay-differs',
    'what is commanded depends on whether it is a replay',
    bundle(
      /(recovery\.traded = true;)\n/,
      '$1 if (_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.workflowInfo().unsafe.isReplaying) return;\n',
    ),
  ),
  ofWorkflows(
    'engine-left-running',
    'an engine that did not pass is not stopped before people are asked',
    bundle(
      /const living = instances\.mayLive\(\);(\s+if \(living\.length === 0\) return 'no engine)/,
      'const living = [];$1',
    ),
  ),
  ofPorts('start-without-looking', 'an engine is started beside one that lives', {
    of: 'activities/steps/start',
    place: /const running\s*=\s*await ports\.processes\.ofEngine\(engineId\)/,
    put: 'const running = []',
  }),
  // The lease of its attempt alone stops the same, and is away with the fence.
  ofPorts(
    'stale-epoch-taken',
    'a host starts what is behind, in an attempt that was given up',
    { of: 'clients/host/fence', place: /if\s*\(epoch\s*<\s*seen\)/, put: 'if (false)' },
    { ...HOST_LEASE, put: NO_LEASE },
  ),
  ofPorts('late-orders-not-awaited', 'an order that is still on its way is told as never sent', {
    of: 'activities/procedures/orders/look-up-orders',
    place: /if\s*\(late\.length\s*===\s*0\s*\|\|\s*arrivesInMs\s*<=\s*0\)/,
    put: 'if (true)',
  }),
  ofPorts(
    'changed-without-patch',
    'a change of the workflow code shows in runs that began before it',
    bundle(/if \(this\.info\.unsafe\.isReplaying && !knownPresent\) \{/, 'if (false) {'),
  ),
  ofPorts('clock-believed', 'what a clock is off by is forgotten where states are dated', {
    of: 'activities/procedures/reading/clock',
    place: /return\s+clock\.aheadMs\?\.\(\)\s*\?\?\s*0/,
    put: 'return 0',
  }),
];

export const MUTANTS: readonly Mutant[] = [...OLD_FAULTS, ...BY_STRANGER];
