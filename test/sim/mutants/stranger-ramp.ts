/** Planted bugs of workflows: checks before trading, stages and limits, and what a stop leaves behind. */
import { bundle, ofWorkflows, type Mutant } from './mutant.js';

const OF_STAGES = [
  ofWorkflows(
    'stage-skipped',
    'after a good window the ramp goes up by two stages',
    bundle(
      /return placeIn\(plan, place\.index \+ 1\);/,
      'return placeIn(plan, place.index + 2) ?? placeIn(plan, place.index + 1);',
    ),
  ),
  ofWorkflows(
    'too-few-checks-promote',
    'a window with too few checks counts as a good one',
    bundle(/(case 'inconclusive':\s+return \{\s+kind: )'ask',\s+why: verdict\.why/, "$1'advance'"),
  ),
  ofWorkflows(
    'step-down-not-applied',
    'after a failed window the limits stay up, because as much is granted already',
    bundle(
      /const isRaised = desk\.granted === place \|\|/,
      'const isRaised = (desk.granted?.stage.percent ?? 0) >= place.stage.percent ||',
    ),
  ),
  ofWorkflows(
    'step-downs-uncounted',
    'an engine that fails again and again is stepped down without end, and never shut down',
    bundle(/if \(move\.kind === 'step_down'\) stepDowns \+= 1;/, ''),
  ),
  ofWorkflows(
    'told-step-down-not-done',
    'somebody has the ramp step down: it is noted, and the limits stay as they are',
    bundle(/await grant\(recovery, climbing, lower\);/, ''),
  ),
  ofWorkflows(
    'paused-is-unwatched',
    'while people have a ramp stay where it is, failing checks change nothing',
    bundle(
      /if \(verdict\.kind === 'fail' \|\| verdict\.kind === 'hard_fail'\) return verdict;/,
      '',
    ),
  ),
  ofWorkflows(
    'grant-keyed-by-percent',
    'a stage that is granted a second time has the key of the first, so the engine takes it for done',
    bundle(/`ramp-\$\{ramp\.length\}`/, '`ramp-${stage.percent}`'),
  ),
];

const OF_CHECKS = [
  ofWorkflows(
    'checked-before-the-wait',
    'exposure and market are not looked at again after a question was open for long',
    bundle(/return waited \|\| record\.gates\.some\([^;]+;/, 'return waited;'),
  ),
  ofWorkflows(
    'approval-covers-more',
    'what people have approved is compared from the wrong side: it covers more, and not less',
    bundle(
      /\.exceeds\)\(now\.total, coveredUpTo\(approved\.total, band\)\)/,
      '.exceeds)(coveredUpTo(approved.total, band), now.total)',
    ),
  ),
  ofWorkflows(
    'unread-books-are-equal',
    'a venue that cannot be read before a stage counts as one that agrees',
    bundle(/if \(unread\.length > 0\) \{(\s+await askAboutUnread)/, 'if (false) {$1'),
  ),
  ofWorkflows(
    'unknown-market-is-calm',
    'a market of which nothing is known counts as a calm one',
    bundle(
      /if \(verdict\.kind !== 'normal'\) \{(\s+const \{ approvalBand \} = policy\.risk;)/,
      "if (verdict.kind === 'volatile') {$1",
    ),
  ),
  ofWorkflows(
    'fired-switch-unread',
    'orders that a dead-man switch may have cancelled meanwhile are not read again',
    bundle(/return sinceMs < quietAtMs;/, 'return false;'),
  ),
];

const OF_STOPS = [
  ofWorkflows(
    'emergency-leaves-orders',
    'an emergency shutdown stops the engine and leaves its orders in the market',
    bundle(
      /const orders = emergency \? await cancelOrders\(recovery, books\) : /,
      'const orders = ',
    ),
  ),
  ofWorkflows(
    'ramp-goes-on-after-the-switch',
    'the kill switch withdraws the open question, and the ramp still goes up',
    bundle(
      /(recovery\.gates\.withdraw\(`the kill switch is engaged by[^;]+;)\s+\(\w+ = crashes\.interrupt\)[^;]+;/,
      '$1',
    ),
    bundle(
      /if \(killSwitch !== null\) (throw new [\w.]+ManualRecoveryNeeded\(`kill switch: )/,
      'if (false) $1',
    ),
  ),
];

export const OF_RAMP: readonly Mutant[] = [...OF_STAGES, ...OF_CHECKS, ...OF_STOPS];
