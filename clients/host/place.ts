/**
 * Where a process number means something: one host, one boot of it, and one PID namespace.
 *
 * Invariant: of a process of another place nothing that is seen here is a proof, but one thing: a boot
 * of this host that has ended has taken all its processes along.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Standing } from '../../activities/ports.js';

export type { Standing };

export interface Place {
  host: string;
  /** Null where the kernel does not tell. */
  bootId: string | null;
  /** As the kernel names it, such as `pid:[4026531836]`. */
  pidNamespace: string | null;
}

/** As a report or a record tells it; what is missing was written by an earlier version. */
export interface ToldPlace {
  host: string;
  bootId?: string | undefined;
  pidNamespace?: string | undefined;
}

export function placeHere(host: string): Place {
  return {
    host,
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** What goes into a report: nothing that is not known. */
export function toldPlace({ host, bootId, pidNamespace }: Place): ToldPlace {
  return {
    host,
    ...(bootId === null ? {} : { bootId }),
    ...(pidNamespace === null ? {} : { pidNamespace }),
  };
}

/** An earlier version told the host alone: it meant the place where it ran, which is this one. */
export function standingOf(there: ToldPlace, here: Place): Standing {
  if (there.host !== here.host) return 'elsewhere';
  const { bootId, pidNamespace } = there;
  if (bootId !== undefined && here.bootId === null) return 'elsewhere';
  if (bootId !== undefined && bootId !== here.bootId) return 'ended';
  if (pidNamespace === undefined) return 'here';
  return pidNamespace === here.pidNamespace ? 'here' : 'elsewhere';
}

/** Where an engine was last heard of, and where its agent last began; null where nobody knows. */
interface Traces {
  heard: ToldPlace | null;
  agent: ToldPlace | null;
}

/**
 * Why an engine that is not seen here may live all the same, as words in brackets; null where this is its
 * place. A name in a file proves nothing: any machine may claim it.
 */
export function whyUnseen({ heard, agent }: Traces, here: Place): string | null {
  const [of, ofAgent] = [provenStanding(heard, here), provenStanding(agent, here)];
  if (of === 'here') return null;
  if (of === 'elsewhere') return `it was last heard of ${ELSEWHERE}`;
  if (ofAgent === 'here') return null;
  if (ofAgent === 'elsewhere') return `its agent runs ${ELSEWHERE}`;
  const since = ofAgent === 'ended' ? ' since this machine has started' : '';
  return `nothing but its name shows that this machine is ${here.host}: no agent has run here${since}`;
}

const ELSEWHERE = 'on another host or in another PID namespace';

/** Null of a place that does not tell its boot and namespace: a copy of it tells nothing of this machine. */
function provenStanding(there: ToldPlace | null, here: Place): Standing | null {
  if (there?.bootId === undefined || there.pidNamespace === undefined) return null;
  return standingOf(there, here);
}

function orNull(read: () => string): string | null {
  try {
    return read() || null;
  } catch {
    return null;
  }
}
