/** Whether the death of an engine would be seen, by what lives of it and what its agent has noted. */
import { unseenWords } from '../crash/unseen.js';
import { fault, ok, warning, type Finding } from './finding.js';

interface Lives {
  pid: number;
  startTicks: string;
  instanceId: string;
}

export interface Sight {
  living: readonly Lives[];
  /** The one that the agent heard of last; null where it never did. */
  noted: Lives | null;
  /** Since when the agent has looked for a first sign in vain; null where it has not. */
  unseenSinceMs: number | null;
  /** What its liveness names at this moment, in words; empty where that is nothing. */
  named: readonly string[];
}

export function judgeSight({ living, noted, unseenSinceMs, named }: Sight): Finding {
  // Children of an engine have its variables, and are no engine of their own.
  const instances = new Set(living.map(({ instanceId }) => instanceId));
  const one = living.find(({ pid }) => pid === noted?.pid) ?? living[0];
  const mend = 'mend engines.ID.liveness (docs/liveness.md), and see that the agent runs';
  if (instances.size > 1) {
    const pids = living.map(({ pid, instanceId }) => `pid ${pid} is ${instanceId}`).join(', ');
    return fault(
      `${instances.size} instances of it live (${pids}): two trade at once`,
      'find out which is the right one, and stop the others',
    );
  }
  if (one === undefined) {
    if (named.length > 0) {
      return warning(
        `NOT WATCHED YET: ${named.join(', ')}, and no agent here has noted it`,
        'run relight up, or relight agent, on this host; do not start it a second time',
      );
    }
    const since = unseenSinceMs === null ? '' : `: ${unseenWords(unseenSinceMs)}`;
    return warning(`it does not run here${since}`, 'start it; until then nothing is watched');
  }
  const isNoted = noted?.pid === one.pid && noted.startTicks === one.startTicks;
  if (isNoted) return ok(`pid ${one.pid} (${noted.instanceId}) runs, and the agent knows it`);
  return fault(`NOT WATCHED: pid ${one.pid} runs, and no agent here has noted it`, mend);
}
