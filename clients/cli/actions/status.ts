/** `relight status`: once, again and again (`--watch`), or until all engines trade (`--wait`). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineStatus, Operations } from '../operations.js';
import { EXIT, printJson, sayLine } from '../output.js';
import { isTerminal, pageOn, printLines, type Line } from '../screen.js';
import { momentText } from '../tables/moments.js';
import { statusLines, type Now } from '../tables/status.js';

const LOOK_EVERY_MS = 1_000;
/** A death is reported within a second or two; until then its engine looks stopped. */
const LOOKS_STOPPED = 4;

export interface StatusOptions {
  engine?: string;
  watch?: boolean;
  wait?: boolean;
  timeout?: number;
  json?: boolean;
}

type Show = (all: readonly EngineStatus[]) => void;

export async function status(operations: Operations, options: StatusOptions): Promise<number> {
  const engines = options.engine === undefined ? operations.engines() : [options.engine];
  const look = async () => Promise.all(engines.map((engineId) => operations.status(engineId)));
  const { watch = false, wait = false } = options;
  if (wait) return untilSettled(look, options, watch ? repeatedly(options) : () => undefined);
  const show = watch ? repeatedly(options) : once(options);
  for (;;) {
    const all = await look();
    show(all);
    if (!watch) return exitOf(all);
    await sleep(LOOK_EVERY_MS);
  }
}

async function untilSettled(
  look: () => Promise<EngineStatus[]>,
  options: StatusOptions,
  show: Show,
): Promise<number> {
  const { timeout = Infinity } = options;
  const began = performance.now();
  for (let stopped = 0; ;) {
    const all = await look();
    show(all);
    stopped = stateIn(all, 'stopped') ? stopped + 1 : 0;
    const code =
      settledAs(all, stopped) ?? (performance.now() - began < timeout ? null : EXIT.timeout);
    if (code !== null) {
      if (options.watch !== true) once(options)(all);
      if (code === EXIT.timeout) sayLine('Not all engines trade, and the time is up');
      return code;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function stateIn(all: readonly EngineStatus[], state: EngineStatus['standing']['state']): boolean {
  return all.some(({ standing }) => standing.state === state);
}

/** Null while it may come right by itself. */
function settledAs(all: readonly EngineStatus[], looksStopped: number): number | null {
  if (all.every(({ standing }) => standing.state === 'trading')) return EXIT.done;
  if (stateIn(all, 'waiting')) return EXIT.person;
  return looksStopped >= LOOKS_STOPPED ? EXIT.stopped : null;
}

function exitOf(all: readonly EngineStatus[]): number {
  if (stateIn(all, 'not_watched') || all.some(({ notWatched }) => notWatched !== undefined)) {
    return EXIT.negative;
  }
  return all.every(({ unread }) => unread.length === 0) ? EXIT.done : EXIT.unknown;
}

function once({ json }: StatusOptions): Show {
  return (all) => (json === true ? printJson(all) : printLines(linesOf(all, Date.now())));
}

/** In place at a terminal; elsewhere an engine is printed again when something about it has changed. */
function repeatedly({ json }: StatusOptions): Show {
  if (json === true) return printJson;
  if (!isTerminal()) return changesOnly();
  const draw = pageOn();
  return (all) => {
    const nowMs = Date.now();
    draw([...linesOf(all, nowMs), { text: '' }, { text: momentText(nowMs), tone: 'quiet' }]);
  };
}

function changesOnly(): Show {
  const before = new Map<string, string>();
  return (all) => {
    const changed = all.filter((status) => {
      const text = JSON.stringify(statusLines(status, null));
      const isNew = before.get(status.engineId) !== text;
      before.set(status.engineId, text);
      return isNew;
    });
    if (changed.length === 0) return;
    printLines([{ text: momentText(Date.now()) }, ...linesOf(changed, null)]);
  };
}

function linesOf(all: readonly EngineStatus[], now: Now): Line[] {
  return all.flatMap((each, index) => [
    ...(index === 0 ? [] : [{ text: '' }]),
    ...statusLines(each, now),
  ]);
}
