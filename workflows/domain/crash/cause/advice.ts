/**
 * What the procedure advises for each cause (its common crash scenarios), in its words where it has some.
 *
 * Invariant: `mend` is what people have to do, whatever the machine has done; `resume` is the order in which
 * trading goes on, by machine or by hand.
 */
import type { Advice, Cause } from './cause.js';

const RECONCILE = 'Reconcile the positions with the exchanges';
const LOAD = 'Load the last checkpoint';
const RESUME = 'Resume trading';
const FIX = 'Fix the bug, and test the fix outside production';

const MEMORY_FAULT: Advice = {
  scenario: 'Segmentation fault',
  mend: [
    'Analyse the core dump: a null pointer, or a buffer that overflows, is the usual root cause',
    FIX,
  ],
  resume: [LOAD, RESUME],
};

const CORRUPTION: Advice = {
  scenario: 'Memory corruption',
  mend: [
    'Find who overwrote the memory (AddressSanitizer, Valgrind): the place of the death is seldom that of the bug',
    FIX,
    'Validate the data: what the engine wrote last may be wrong',
  ],
  resume: [RECONCILE, RESUME],
};

const FAULT_OF_CODE: Advice = {
  scenario: 'Fault in the code',
  mend: ['Analyse the core dump and the faulting instruction: find the root cause', FIX],
  resume: [LOAD, RESUME],
};

const ASSERTION: Advice = {
  scenario: 'Assertion failure',
  mend: [
    'Read the assertion message',
    'Understand why the invariant was violated',
    FIX,
    'Validate the integrity of the data',
  ],
  resume: [RESUME],
};

const EXCEPTION: Advice = {
  scenario: 'Uncaught exception',
  mend: ['Read what the exception says, and find who should have caught it', FIX],
  resume: [LOAD, RESUME],
};

const MEMORY: Advice = {
  scenario: 'Out of memory',
  mend: [
    'Identify the memory leak (Valgrind, heaptrack)',
    'Fix the leak',
    'Increase the memory limit, for the time being',
  ],
  resume: [LOAD, RESUME],
};

const DEADLOCK: Advice = {
  scenario: 'Deadlock',
  mend: ['Analyse the deadlock in the stacks of all threads', 'Fix the order of the locks'],
  resume: ['Force the kill (SIGKILL)', LOAD, RESUME],
};

const LOOP: Advice = {
  scenario: 'Hang',
  mend: ['Find in the stacks where the engine does not come on', FIX],
  resume: ['Force the kill (SIGKILL)', LOAD, RESUME],
};

const STOPPED: Advice = {
  scenario: 'Stopped process',
  mend: ['Find who stopped the process (SIGSTOP, a debugger, a frozen cgroup), and why'],
  resume: [LOAD, RESUME],
};

const EXIT: Advice = {
  scenario: 'Exit of its own accord',
  mend: [
    'Find in the last log lines why the engine ended itself',
    'Fix the code, or the configuration',
  ],
  resume: [LOAD, RESUME],
};

const DISCONNECT: Advice = {
  scenario: 'Exchange disconnect during the crash',
  mend: ['Find why the connection to the exchange was lost: network, exchange, or keys'],
  resume: [
    'Reconnect to the exchange',
    `${RECONCILE}: critical here`,
    'Recover the open orders',
    'Resume carefully',
  ],
};

const FROM_OUTSIDE: Advice = {
  scenario: 'Ended from outside',
  mend: ['Find who ended the process (audit log, service manager, people), and why'],
  resume: [LOAD, RESUME],
};

const NEVER_UP: Advice = {
  scenario: 'Never came up',
  mend: ['Read what the engine wrote at its start', 'Fix its configuration, or what it needs'],
  resume: ['Start again without trading', RESUME],
};

const UNKNOWN: Advice = {
  scenario: 'Cause not known',
  mend: [
    'Review the logs around the crash, and the evidence that is there',
    'Have more next time: core files on, dmesg readable, gdb installed',
  ],
  resume: [RECONCILE, RESUME],
};

const ADVICE: Readonly<Record<Cause, Advice>> = {
  segfault: MEMORY_FAULT,
  bus_error: MEMORY_FAULT,
  illegal_instruction: FAULT_OF_CODE,
  arithmetic_error: FAULT_OF_CODE,
  assertion: ASSERTION,
  uncaught_exception: EXCEPTION,
  heap_corruption: CORRUPTION,
  smashed_stack: CORRUPTION,
  abort: FAULT_OF_CODE,
  out_of_memory: MEMORY,
  deadlock: DEADLOCK,
  endless_loop: LOOP,
  stopped: STOPPED,
  hang: LOOP,
  fatal_exit: EXIT,
  unannounced_exit: EXIT,
  disconnect: DISCONNECT,
  killed: FROM_OUTSIDE,
  terminated: FROM_OUTSIDE,
  other_signal: FROM_OUTSIDE,
  never_came_up: NEVER_UP,
  unknown: UNKNOWN,
};

export function adviceFor(cause: Cause): Advice {
  return ADVICE[cause];
}
