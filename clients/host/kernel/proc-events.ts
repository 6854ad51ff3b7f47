/**
 * The words of the kernel's proc connector (linux/cn_proc.h), and the socket filter that lets few of them through.
 *
 * Invariants: numbers are in the machine's own order of bytes; what the filter drops wakes nobody up, so that
 * thousands of processes a second, which are not followed, cost this process nothing.
 */
import { endianness } from 'node:os';

const HEADER = 16; // struct nlmsghdr
const CN_MSG = 20; // struct cn_msg, without its data
/** `cn_msg.ack`, which the answer has one higher; its `seq` the kernel counts itself. */
const NUMBER_AT = HEADER + 12;
const WHAT_AT = HEADER + CN_MSG;
/** Of what an event holds after its kind, cpu and time. */
const DATA_AT = WHAT_AT + 16;
const THREAD_AT = DATA_AT;
const PROCESS_AT = DATA_AT + 4;
const STATUS_AT = DATA_AT + 8;
/** Longer than any event. */
export const LARGEST_EVENT = 256;

const ACK = 0;
const DUMP = 0x4000_0000;
const EXIT = 0x8000_0000;

/** `CN_IDX_PROC`, of which the one value has the same number. */
const PROC = 1;
const LISTEN = 1;
const NLMSG_DONE = 3;

/**
 * `exit` is of one thread; its status is the whole process's where that ends with it. `ack` answers the question
 * with that number: all who listen hear it, whoever has asked.
 */
export type ProcessEvent =
  | { kind: 'ack'; error: number; question: number }
  | { kind: 'dump'; pid: number }
  | { kind: 'exit'; pid: number; status: number };

const isLittle = endianness() === 'LE';

export function eventIn(bytes: Uint8Array, length: number): ProcessEvent | null {
  if (length < STATUS_AT + 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const at = (offset: number) => view.getUint32(offset, isLittle);
  const pid = at(PROCESS_AT);
  switch (at(WHAT_AT)) {
    case ACK:
      return { kind: 'ack', error: at(DATA_AT), question: at(NUMBER_AT) - 1 };
    case DUMP:
      return { kind: 'dump', pid };
    case EXIT:
      return { kind: 'exit', pid, status: at(STATUS_AT) };
    default:
      return null;
  }
}

/** `struct sockaddr_nl` of the one group. */
export function addressOfEvents(): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_NETLINK, isLittle);
  view.setUint32(8, PROC, isLittle);
  return bytes;
}

export const AF_NETLINK = 16;

/** In the form that every kernel takes: which events are wanted is the filter's. */
export function listenMessage(question: number): Uint8Array {
  const bytes = new Uint8Array(WHAT_AT + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, isLittle);
  view.setUint16(4, NLMSG_DONE, isLittle);
  view.setUint32(HEADER, PROC, isLittle);
  view.setUint32(HEADER + 4, PROC, isLittle);
  view.setUint32(NUMBER_AT, question, isLittle);
  view.setUint16(HEADER + 16, 4, isLittle);
  view.setUint32(WHAT_AT, LISTEN, isLittle);
  return bytes;
}

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K
const ALL = 0xffff_ffff;
type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * A program of the classic socket filter (`struct sock_filter[]`) that lets through what is
 * of these processes. Of threads that end with status 0, as they do
 * that have done their work, only the leader's end passes: there may be thousands of the others.
 */
export function filterFor(pids: Iterable<number>): Uint8Array {
  return assembled([
    [LOAD, 0, 0, WHAT_AT],
    ...taken(ACK),
    [IF_EQUAL, 4, 0, loaded(DUMP)],
    [IF_EQUAL, 1, 0, loaded(EXIT)],
    [RETURN, 0, 0, 0],
    [LOAD, 0, 0, STATUS_AT],
    [IF_EQUAL, 2, 0, 0],
    [LOAD, 0, 0, PROCESS_AT],
    [IF_EQUAL, 1, 1, 0], // to the first that is followed
    [LOAD, 0, 0, THREAD_AT],
    ...[...pids].flatMap(taken),
    [RETURN, 0, 0, 0],
  ]);
}

function taken(value: number): Instruction[] {
  return [
    [IF_EQUAL, 0, 1, loaded(value)],
    [RETURN, 0, 0, ALL],
  ];
}

/** The filter loads words in the network's order of bytes. */
function loaded(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, isLittle);
  return view.getUint32(0);
}

function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * BYTES_OF_INSTRUCTION);
  const view = new DataView(bytes.buffer);
  for (const [at, [code, ifTrue, ifFalse, value]] of program.entries()) {
    const from = at * BYTES_OF_INSTRUCTION;
    view.setUint16(from, code, isLittle);
    view.setUint8(from + 2, ifTrue);
    view.setUint8(from + 3, ifFalse);
    view.setUint32(from + 4, value, isLittle);
  }
  return bytes;
}

export const BYTES_OF_INSTRUCTION = 8;
