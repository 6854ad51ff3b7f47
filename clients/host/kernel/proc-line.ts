/**
 * The socket over which the kernel tells of processes, by the C library: Node has no call for it.
 *
 * Invariants: waiting for it is one entry in the event loop's own epoll, and takes no thread; nothing that is
 * not wanted passes, not even before the first filter, and no answer to what another process has asked; a flood of
 * events lets others have their turn.
 */
import { randomInt } from 'node:crypto';
import { closeSync } from 'node:fs';
import koffi from 'koffi';
import {
  addressOfEvents,
  AF_NETLINK,
  BYTES_OF_INSTRUCTION,
  eventIn,
  filterFor,
  LARGEST_EVENT,
  listenMessage,
  type ProcessEvent,
} from './proc-events.js';

const NETLINK_CONNECTOR = 11;
/** `SOCK_DGRAM`, not inherited, and never waited for. */
const SOCKET_TYPE = 2 | 0o2000000 | 0o4000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const ENOBUFS = 105;
/** Before others have their turn. */
const MOST_AT_ONCE = 1_000;
/** The answer has a number one higher, in 32 bits. */
const QUESTIONS = 2 ** 32 - 1;

/** `missed`: the kernel had no room for more. */
export type Told = ProcessEvent | 'missed';

export interface Line {
  /** From now on, of these processes. */
  want: (pids: Iterable<number>) => void;
  close: () => void;
}

interface Library {
  socket: (family: number, type: number, protocol: number) => number;
  bind: (fd: number, address: Uint8Array, length: number) => number;
  send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
  recv: (fd: number, bytes: Uint8Array, most: number, flags: number) => number;
  attach: (
    ...of: [fd: number, level: number, option: number, program: Program, bytes: number]
  ) => number;
}

interface Program {
  length: number;
  filter: Uint8Array;
}

/** `struct sock_fprog`. */
const PROGRAM = koffi.struct({ length: 'uint16_t', filter: 'const uint8_t *' });

function library(): Library {
  const libc = koffi.load(null);
  return {
    socket: libc.func('int socket(int family, int type, int protocol)'),
    bind: libc.func('int bind(int fd, const uint8_t *address, unsigned int length)'),
    send: libc.func('long send(int fd, const uint8_t *bytes, size_t length, int flags)'),
    recv: libc.func('long recv(int fd, _Out_ uint8_t *bytes, size_t most, int flags)'),
    attach: libc.func('setsockopt', 'int', ['int', 'int', 'int', koffi.pointer(PROGRAM), 'uint']),
  };
}

/** Fails with the number of the error where the kernel gives no such socket. */
export function openLine(listener: (told: Told) => void): Line {
  const calls = library();
  const fd = checked(calls.socket(AF_NETLINK, SOCKET_TYPE, NETLINK_CONNECTOR));
  const question = randomInt(QUESTIONS);
  const want = (pids: Iterable<number>) => {
    const filter = filterFor(pids);
    const program = { length: filter.length / BYTES_OF_INSTRUCTION, filter };
    checked(calls.attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, koffi.sizeof(PROGRAM)));
  };
  try {
    want([]);
    const address = addressOfEvents();
    checked(calls.bind(fd, address, address.length));
    const message = listenMessage(question);
    checked(calls.send(fd, message, message.length, 0));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const hear = (told: Told) => {
    if (told === 'missed' || told.kind !== 'ack' || told.question === question) listener(told);
  };
  const handle = koffi.node.poll(fd, { readable: true }, () => readAll(calls, fd, hear));
  handle.unref();
  const close = () => {
    handle.close();
    closeSync(fd);
  };
  return { want, close };
}

function readAll(calls: Library, fd: number, listener: (told: Told) => void): void {
  const bytes = new Uint8Array(LARGEST_EVENT);
  for (let read = 0; read < MOST_AT_ONCE; read += 1) {
    const length = calls.recv(fd, bytes, bytes.length, 0);
    const told = length >= 0 ? eventIn(bytes, length) : 'missed';
    if (length < 0 && koffi.errno() !== ENOBUFS) return; // there is no more
    if (told !== null) listener(told);
  }
}

function checked(result: number): number {
  if (result >= 0) return result;
  throw Object.assign(new Error('a call of the kernel failed'), { code: `errno ${koffi.errno()}` });
}
