/**
 * Descriptors of processes (pidfd), by the C library: Node has no call for them.
 *
 * Invariants: a descriptor is of one process for ever, whoever gets its pid later; waiting for an end is
 * one entry in the event loop's own epoll, and takes no thread; a part that is missing (the library for
 * calls, the system call, the kernel's answer) is told once as a reason, and whoever asks goes on without.
 */
import { closeSync } from 'node:fs';
import type { node } from 'koffi';
import type { Exit } from '../../../workflows/domain/crash/cause/exit.js';
import { exitOf } from './exit-status.js';

/** The same number on every architecture; Linux 5.3. */
const PIDFD_OPEN = 434;
const ESRCH = 3;

/** `_IOWR(0xff, 11, struct pidfd_info)` of 80 bytes; with what is asked at 0 and the status at 60. */
const GET_INFO = 0xc050_ff0b;
const INFO_BYTES = 80;
const STATUS_AT = 60;
/** `PIDFD_INFO_EXIT`, Linux 6.15: given once the process has been reaped. */
const EXIT = 0x8n;

export interface Pidfd {
  /** Called once, when every thread has ended. */
  onEnd(listener: () => void): void;
  /** Null where the kernel does not tell, or not yet. */
  exit(): Exit | null;
  close(): void;
}

/** `null`: there is no such process. */
export type OpenPidfd = (pid: number) => Pidfd | null;

/** Loaded where it is first asked for, and once. */
let opened: Promise<OpenPidfd | { why: string }> | null = null;

export function pidfds(): Promise<OpenPidfd | { why: string }> {
  opened ??= load();
  return opened;
}

async function load(): Promise<OpenPidfd | { why: string }> {
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const syscall = libc.func('long syscall(long number, int pid, unsigned int flags)');
    const ioctl = libc.func('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *info)');
    const open: OpenPidfd = (pid) => {
      const fd = Number(syscall(PIDFD_OPEN, pid, 0));
      if (fd >= 0) return pidfdOf(fd, koffi.node.poll, ioctl as Ioctl);
      if (koffi.errno() === ESRCH) return null;
      throw Object.assign(new Error('no pidfd'), { code: `errno ${koffi.errno()}` });
    };
    open(process.pid)?.close();
    return open;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return { why: `descriptors of processes cannot be used here (${code ?? name})` };
  }
}

type Poll = typeof node.poll;
type Ioctl = (fd: number, request: number, info: Uint8Array) => number;

function pidfdOf(fd: number, poll: Poll, ioctl: Ioctl): Pidfd {
  let handle: ReturnType<Poll> | null = null;
  let closed = false;
  return {
    onEnd(listener) {
      handle = poll(fd, { readable: true }, () => {
        handle?.stop(); // it stays readable
        listener();
      });
      handle.unref();
    },
    exit() {
      const info = new Uint8Array(INFO_BYTES);
      const view = new DataView(info.buffer);
      view.setBigUint64(0, EXIT, true);
      if (closed || ioctl(fd, GET_INFO, info) !== 0) return null;
      const isTold = (view.getBigUint64(0, true) & EXIT) !== 0n;
      return isTold ? exitOf(view.getInt32(STATUS_AT, true)) : null;
    },
    close() {
      closed = true;
      handle?.close();
      closeSync(fd);
    },
  };
}
