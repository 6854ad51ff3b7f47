/**
 * What a fault of memory was, by its address.
 *
 * Invariant: an address proves nothing where the kernel had none to give (`SI_KERNEL`), or where
 * somebody sent the signal.
 */
/** A signal with what the kernel says beside it; addresses in hexadecimal, from `0x`. */
export interface Fault {
  signal: number;
  /** `si_code` of sigaction(2). */
  code: number | null;
  address: string | null;
  /** Where the stack of the thread was. */
  stackPointer: string | null;
  /** Pid of who sent it, where somebody did. */
  sender?: number;
  /** The process itself, as its handler does with a fault that it has seen first. */
  fromItself?: true;
  /** The line names the fault, which mostly, and not always, ends with this signal. */
  signalIsLikely?: true;
  /** The line names the program and no thread that is known to be of the process. */
  byNameOnly?: true;
}

/** What a member of a null object lies within. */
const NEAR_NULL = 0x1_0000n;
/** An access this close to the stack pointer is one of the stack's own frames, wherever in its frame it writes first. */
const NEAR_STACK = 0x10_0000n;
/** `SI_KERNEL`: an address that no pointer can have, which x86-64 does not tell. */
const SI_KERNEL = 128;
/** `SEGV_ACCERR`: there is memory, and it may not be used so. */
const DENIED = 2;
/** `SI_USER` and those below are sent, not faults. */
const SI_USER = 0;

export function isSent({ code }: Fault): boolean {
  return code !== null && code <= SI_USER;
}

/** Of a segmentation fault, for people. */
export function memoryFault(fault: Fault): string {
  const { code, address } = fault;
  if (code === SI_KERNEL) return 'wild pointer, an address that cannot be';
  if (address === null) return 'at an address that is not known';
  const at = BigInt(address);
  if (isStackOverflow(fault)) return `stack overflow, at ${address}`;
  if (at === 0n) return 'null pointer';
  if (at < NEAR_NULL) return `near null, at ${address}: a member of a null object`;
  if (code === DENIED) return `memory that may not be used so, at ${address}`;
  return `wild pointer, at ${address}`;
}

/** A frame that did not fit touches memory beside the stack pointer, and that is no memory of anybody. */
export function isStackOverflow({ code, address, stackPointer }: Fault): boolean {
  if (code === SI_KERNEL || address === null || stackPointer === null) return false;
  const at = BigInt(address);
  const stack = BigInt(stackPointer);
  return at >= NEAR_NULL && at >= stack - NEAR_STACK && at <= stack + NEAR_STACK;
}
