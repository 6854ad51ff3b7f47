/**
 * A few looks at the threads of a process before a debugger stops them: their states, and how often each could
 * run. One line a thread, as `workflows/domain/crash/cause/threads.ts` reads it.
 *
 * Invariant: who is ready to run counts as running, because how much it gets is up to the rest of the machine.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOKS = 7;
const BETWEEN_MS = 50;
const MOST_THREADS = 1_000;

/** Empty where nothing can be seen of it. */
export async function lookAtThreads(pid: number): Promise<string> {
  const looks = [await states(pid)];
  while (looks.length < LOOKS) {
    await sleep(BETWEEN_MS);
    looks.push(await states(pid));
  }
  const last = looks.at(-1) ?? new Map<string, string>();
  const lines = [...last].map(([id, state]) => {
    const ran = looks.filter((look) => look.get(id) === 'R').length;
    return `thread ${id} state ${state} busy ${Math.round((100 * ran) / LOOKS)}%`;
  });
  return lines.length === 0 ? '' : `== threads, in ${LOOKS} looks ==\n${lines.join('\n')}\n`;
}

async function states(pid: number): Promise<Map<string, string>> {
  const ids = await readdir(`/proc/${pid}/task`).catch(() => []);
  const all = await Promise.all(
    ids.slice(0, MOST_THREADS).map(async (id) => [id, await stateOf(pid, id)] as const),
  );
  return new Map(all.filter((one): one is readonly [string, string] => one[1] !== null));
}

/** The state stands behind the name, which may hold anything. */
async function stateOf(pid: number, id: string): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/task/${id}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) ?? null;
}
