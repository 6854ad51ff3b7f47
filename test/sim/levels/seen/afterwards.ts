/**
 * What activities have done whose run was over by then, as Temporal has it: to venues, to engines, to processes.
 *
 * Invariant: whose an act is tells the attempt that it is done in; a start that is undone at once is none.
 */
import { Context } from '@temporalio/activity';
import type { Afterwards } from '../../oracle/machine/facts.js';
import type { EngineLife } from '../../world/engine/processes.js';
import type { IncidentWorld } from '../../world/incident-world.js';

interface Act {
  atMs: number;
  what: Afterwards['what'];
  workflowId: string;
  runId: string;
  /** Of a start. */
  life: EngineLife | null;
}

const UNDONE_MS = 5_000;
/** By which an engine is let trade. */
const GRANTS = ['/limits', '/strategies'];

export class Acts {
  readonly #acts: Act[] = [];
  readonly #world: IncidentWorld;

  constructor(world: IncidentWorld) {
    this.#world = world;
    this.#watchMarket();
    this.#watchHost();
  }

  #watchMarket(): void {
    const { market } = this.#world;
    const over = market.over.bind(market);
    market.over = async (request, arrives) => {
      if (request.from === 'relight' && request.what === 'cancel') this.#note('cancel');
      return over(request, arrives);
    };
  }

  #watchHost(): void {
    const { first } = this.#world.hosts;
    const usual = first.onWrite;
    first.onWrite = (path, ...more) => {
      if (GRANTS.includes(path)) this.#note('write');
      usual(path, ...more);
    };
    const { processes } = first;
    const spawn = processes.spawn.bind(processes);
    processes.spawn = (of) => {
      const life = spawn(of);
      this.#note('start', life);
      return life;
    };
  }

  #note(what: Act['what'], life: EngineLife | null = null): void {
    const { workflowId, runId } = whoseAttempt() ?? {};
    if (workflowId === undefined || runId === undefined) return;
    this.#acts.push({ atMs: Date.now(), what, workflowId, runId, life });
  }

  afterwards(): Afterwards[] {
    const { runs } = this.#world.around.server;
    return this.#acts.filter(hasStayed).flatMap(({ atMs, what, workflowId, runId }) => {
      const run = runs.get(workflowId)?.find(({ identity }) => identity.runId === runId);
      const overForMs = atMs - (run?.closedAtMs ?? Infinity);
      return overForMs > 0 ? [{ atMs, what, workflowId, overForMs }] : [];
    });
  }
}

function hasStayed({ life }: Act): boolean {
  if (life === null) return true;
  return (life.death?.atMs ?? Infinity) - life.bornAtMs > UNDONE_MS;
}

/** Null of what no activity does. */
function whoseAttempt() {
  try {
    return Context.current().info.workflowExecution ?? null;
  } catch {
    return null;
  }
}
