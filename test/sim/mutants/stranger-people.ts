/** Planted bugs of workflows: who may decide on what, who is told, and which crash is forgotten. */
import { bundle, ofWorkflows, type Mutant } from './mutant.js';

const OF_TRUST = [
  ofWorkflows(
    'escalated-roles-at-once',
    'roles that may answer only once a question has escalated may answer from the beginning',
    bundle(/ && escalation\.mayAnswer && nowMs >= escalation\.atMs;/, ' && escalation.mayAnswer;'),
  ),
  ofWorkflows(
    'key-valid-when-they-say',
    'whether a key still counts is judged by the time that its owner writes',
    bundle(
      /\.keyInvalid\)\(person, key, nowMs\);(\s+if \(invalid !== null\) return invalid;\s+const why = [^;]+decisionBytes\))/,
      '.keyInvalid)(person, key, said.decidedAtMs);$1',
    ),
  ),
  ofWorkflows(
    'removed-approver-answers',
    'who is no approver any more still opens gates of an incident that was open',
    bundle(/recovery\.approvers = now\.approvers;/, ''),
  ),
  ofWorkflows(
    'two-keys-two-people',
    'one person with two keys makes a quorum of two',
    bundle(
      /approver !== vote\.approver && signer !== vote\.signer/,
      'approver !== vote.approver || signer !== vote.signer',
    ),
  ),
  ofWorkflows(
    'quorum-of-the-kind-unread',
    'the quorum that policy wants for one kind of question is not looked at',
    bundle(
      /quorum: \((\w+) = own\.quorum\) !== null && \1 !== void 0 \? \1 : policy\.quorum/,
      'quorum: policy.quorum',
    ),
  ),
  ofWorkflows(
    'one-yes-for-all',
    'once something was accepted, anything else that is found later counts as accepted',
    bundle(/if \(accepted\.has\(content\)\) return;/, 'if (accepted.size > 0) return;'),
  ),
  ofWorkflows(
    'manual-question-stays',
    'a crash while people are asked to take over leaves the question as it was',
    bundle(
      /const isNew = \(\)=>record\.crashes\.length > shown && [^;]+;/,
      'const isNew = () => false;',
    ),
  ),
  ofWorkflows(
    'decision-not-kept',
    'what somebody has signed is counted, and is not in the record',
    bundle(/\(0,\w+\.keepDecision\)\(options\.record, gate\.record, decision, approvers\);/, ''),
  ),
];

const OF_NOTICES = [
  ofWorkflows(
    'reminder-untold',
    'a question waits for long, and nobody is reminded',
    bundle(
      /options\.onChange\(next\.kind === 'escalation' \? 'escalated' : 'reminder', request\);/,
      '',
    ),
  ),
  ofWorkflows(
    'channel-not-tried-again',
    'a channel that did not take a notice is never tried again, nor named in the record',
    bundle(/if \(undelivered\.length === 0 \|\| !retriesEachChannel\(\)\) return;/, 'return;'),
  ),
  ofWorkflows(
    'uncontained-untold',
    'orders could not be cancelled at the crash, and people are not told',
    bundle(/if \(memory\.uncontained\.length > 0\) alarm\(recovery, detail, epoch\);/, ''),
  ),
  ofWorkflows(
    'not-stopped-is-gone',
    'an engine that could not be stopped counts as gone, and nobody is alarmed',
    bundle(
      /if \(![^;]+isCancellation\)\(error\) && staysUntilGone\(\)\) alarm\(recovery, instanceId, text\);/,
      'instances.gone(instanceId);',
    ),
  ),
];

const OF_CRASHES = [
  ofWorkflows(
    'crashes-uncounted',
    'crashes of the engines that a recovery has started do not count for the crash loop',
    bundle(/record\.crashCount = crashCount;(\s+pending\.push)/, '$1'),
  ),
  ofWorkflows(
    'crash-lost-at-the-end',
    'a crash that comes as the recovery ends counts as told to it',
    bundle(/(signalled\.then\(\(\)=>true, \(\)=>)false\)/, '$1true)'),
  ),
  ofWorkflows(
    'held-crash-forgotten',
    'a crash during a hold is forgotten when the hold is released',
    bundle(
      /const taken = await [^;]*takeUpHeld\)\.call\(this\);(\s+const words = hold === null)/,
      'delete state.held; const taken = null;$1',
    ),
  ),
  ofWorkflows(
    'terminated-and-forgotten',
    'a recovery that somebody has terminated is gone on with by nobody',
    bundle(
      /const goesOn = \w+ !== null && [^;]+'goes-on-with-the-unfinished'\);/,
      'const goesOn = false;',
    ),
  ),
  ofWorkflows(
    'any-host-reports',
    'a death is believed of a host where the engine does not live',
    bundle(/if \(lives === null \|\| lives === reported\) return null;/, 'return null;'),
  ),
  ofWorkflows(
    'wild-epoch-believed',
    'one wild epoch in a report moves the epoch as far as it says',
    bundle(/\.filter\(\(epoch\)=>epoch <= limit\)/, ''),
  ),
];

export const OF_PEOPLE: readonly Mutant[] = [...OF_TRUST, ...OF_NOTICES, ...OF_CRASHES];
