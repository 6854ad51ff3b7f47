/**
 * What an engine died of, by the evidence that was found.
 *
 * Invariants: any evidence has exactly one cause; exit status and what the kernel says go before words in
 * logs, what proves a cause goes before what suggests one, and what nothing tells is unknown. No secret
 * of a log is in what is said.
 */
import { firstOf } from '../../content/shortened.js';
import { withoutSecrets } from '../../content/without-secrets.js';
import { adviceFor } from './advice.js';
import type { Cause, CauseFacts, Classification } from './cause.js';
import { isSent, isStackOverflow, memoryFault, type Fault } from './fault.js';
import { causeOfHang } from './hang.js';
import { kernelFaultOf, oomOf } from './kernel-lines.js';
import type { KernelSilence } from './kernel-silence.js';
import { spokenCause } from './last-words.js';
import { causeOfSignal, signalName, signalNumber, signalOfShell } from './signals.js';
import { assertedOf, signatureOf } from './signature.js';

type Verdict = Pick<Classification, 'cause' | 'confidence' | 'because'>;

const LONGEST_BECAUSE = 1_000;
const UNREAD = 'the kernel log could not be read';

/** `beside`: what is known of the death and names no cause of it; null where there is nothing. */
export function classifyCause(facts: CauseFacts, beside: string | null = null): Classification {
  const { cause, confidence, because } = verdictOn(facts);
  const signature = signatureOf(cause, facts);
  const told = beside === null ? because : `${because}; ${beside}`;
  return {
    cause,
    confidence,
    because: firstOf(withoutSecrets(told), LONGEST_BECAUSE),
    ...(signature === null ? {} : { signature }),
    advice: adviceFor(cause),
  };
}

function verdictOn(facts: CauseFacts): Verdict {
  return (
    hang(facts) ??
    outOfMemory(facts) ??
    bySignal(facts) ??
    byExit(facts) ??
    byWords(facts) ??
    neverUp(facts) ??
    byElimination(facts)
  );
}

function hang(facts: CauseFacts): Verdict | null {
  return facts.suspicion === 'hung' ? causeOfHang(facts) : null;
}

function outOfMemory(facts: CauseFacts): Verdict | null {
  const full = oomOf(facts);
  if (full === null && !facts.oomKilled) return null;
  const whose = full === 'host' ? 'the host' : 'its cgroup';
  return {
    cause: 'out_of_memory',
    confidence: 'certain',
    because: `killed by the OOM killer, as the memory of ${whose} was full`,
  };
}

interface Ending {
  signal: number;
  /** How it is known. */
  seen: string;
  certain: boolean;
  fault: Fault | null;
}

function endingBySignal(facts: CauseFacts): Ending | null {
  const { exit, coreFault } = facts;
  if (coreFault !== null) {
    const { signal } = coreFault;
    const seen = `core of signal ${signal}, ${signalName(signal)}`;
    return { signal, seen, certain: true, fault: coreFault };
  }
  const kernelFault = kernelFaultOf(facts);
  const signal = signalNumber(exit?.signal ?? '');
  if (signal === null) return endingInKernelLog(facts, kernelFault);
  const fault = kernelFault?.signal === signal ? kernelFault : null;
  return { signal, seen: `ended by ${signalName(signal)}`, certain: true, fault };
}

/** An exit that was seen goes before it; what it said itself tells more than a line of somebody of its name. */
function endingInKernelLog({ exit, lastWords }: CauseFacts, fault: Fault | null): Ending | null {
  if (exit !== null || fault === null) return null;
  const isOfName = fault.byNameOnly === true;
  if (isOfName && lastWords !== null) return null;
  const certain = !isOfName && fault.signalIsLikely !== true;
  const { signal } = fault;
  return { signal, seen: `${signalName(signal)} in the kernel log`, certain, fault };
}

function bySignal(facts: CauseFacts): Verdict | null {
  const ending = endingBySignal(facts);
  if (ending === null) return null;
  const plain = causeOfSignal(signalName(ending.signal));
  if (plain === 'abort') return abort(facts, ending.seen);
  const confidence = ending.certain && !isDoubtful(plain, facts) ? 'certain' : 'likely';
  const isOfHeap = plain === 'segfault' && fellInAllocator(ending, facts);
  const allocator = isOfHeap ? 'in the allocator' : '';
  const told = [faultWords(plain, ending), allocator, placeWords(facts)].filter(Boolean).join(', ');
  const because = told === '' ? ending.seen : `${ending.seen}: ${told}`;
  return { cause: isOfHeap ? 'heap_corruption' : plain, confidence, because };
}

/** By where it lands, a pointer that is not the heap's ends in the allocator's own check, or in this: one bug, one cause. */
function fellInAllocator({ fault }: Ending, { backtrace }: CauseFacts): boolean {
  if (backtrace?.inAllocator !== true) return false;
  return fault === null || !(isSent(fault) || isStackOverflow(fault));
}

/** The OOM killer sends SIGKILL too, and who cannot read of it cannot rule it out. */
function isDoubtful(cause: Cause, facts: CauseFacts): boolean {
  return cause === 'killed' && silenceOf(facts).oom !== null;
}

function silenceOf({ kernelSilence }: CauseFacts): KernelSilence {
  return kernelSilence ?? { oom: UNREAD, fault: UNREAD };
}

function faultWords(cause: Cause, { fault }: Ending): string {
  if (cause === 'killed') return 'from outside, no OOM kill is known';
  if (cause === 'terminated') return 'stopped from outside, and nobody had said so';
  if (fault === null) return '';
  if (fault.fromItself === true)
    return 'passed on by its own handler, so who caused it is not known';
  if (isSent(fault)) {
    return fault.sender === undefined
      ? 'sent, no fault of its own'
      : `sent by pid ${fault.sender}, no fault of its own`;
  }
  return cause === 'segfault' ? memoryFault(fault) : '';
}

function placeWords({ backtrace }: CauseFacts): string {
  return backtrace?.place ? `in ${backtrace.place}` : '';
}

/** Who aborts has mostly said why; where nobody heard it, the run-time is seen at work. */
function abort(facts: CauseFacts, seen: string): Verdict {
  const { lastWords, backtrace } = facts;
  const spoken = lastWords === null ? null : spokenCause(lastWords);
  const cause = (spoken === 'disconnect' ? null : spoken) ?? backtrace?.runtime ?? 'abort';
  const text = lastWords ?? assertionWords(facts);
  const told = [text, placeWords(facts)].filter(Boolean).join(', ');
  return { cause, confidence: 'certain', because: told === '' ? seen : `${seen}: ${told}` };
}

function assertionWords(facts: CauseFacts): string {
  const asserted = assertedOf(facts);
  return asserted === null ? '' : `assertion '${asserted}' failed`;
}

function byExit({ exit, lastWords }: CauseFacts): Verdict | null {
  const code = exit?.code ?? null;
  if (code === null) return null;
  if (code === 0) {
    const because = 'exit code 0, and nobody had said that it would end';
    return { cause: 'unannounced_exit', confidence: 'certain', because };
  }
  const shell = signalOfShell(code);
  const meaning = shell === null ? '' : `, a shell's word for ${shell}`;
  const said = lastWords === null ? '' : `: ${lastWords}`;
  return { ...exitCause(lastWords), because: `exit code ${code}${meaning}${said}` };
}

/** An engine that catches its exception, and then ends itself, has said which. */
function exitCause(lastWords: string | null): Omit<Verdict, 'because'> {
  const spoken = lastWords === null ? null : spokenCause(lastWords);
  return spoken === 'out_of_memory' || spoken === 'disconnect'
    ? { cause: spoken, confidence: 'likely' }
    : { cause: 'fatal_exit', confidence: 'certain' };
}

function byWords({ lastWords, exit }: CauseFacts): Verdict | null {
  if (lastWords === null || exit !== null) return null;
  const cause = spokenCause(lastWords) ?? 'abort';
  return { cause, confidence: 'likely', because: lastWords };
}

function neverUp({ neverCameUp, exit }: CauseFacts): Verdict | null {
  if (!neverCameUp || exit !== null) return null;
  const because = 'it is configured, and no process of it was ever seen';
  return { cause: 'never_came_up', confidence: 'certain', because };
}

/**
 * A death without core, OOM kill, kernel line or last words is what SIGKILL leaves behind; where a line may be
 * missing, it is what a fault leaves, too.
 */
function byElimination(facts: CauseFacts): Verdict {
  const { exit } = facts;
  const { oom, fault } = silenceOf(facts);
  const unsure = oom ?? fault;
  if (exit === null && unsure === null) {
    const because = 'no core, no OOM kill, no kernel line, no last words: SIGKILL from outside';
    return { cause: 'killed', confidence: 'likely', because };
  }
  const because =
    exit === null
      ? `no exit status, no core, no last words, and ${unsure}`
      : `exit by ${exit.signal ?? 'nothing known'}, which names no cause`;
  return { cause: 'unknown', confidence: 'guess', because };
}
