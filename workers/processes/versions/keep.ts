/**
 * Looks what is open on which version, and does what the plan says.
 *
 * Invariants: a recovery leaves its version only where that runs nowhere any more, and only if its
 * history replays on ours; what cannot be helped is said once, as an error, with the remedy; what fails is
 * tried again with the next look.
 */
import type { Client } from '@temporalio/client';
import { signedClient } from '../../../clients/temporal/connect.js';
import { tellOfVersion } from '../../../clients/temporal/recoveries.js';
import type { VersionedRun, Versions } from '../../../clients/temporal/versions.js';
import { whyNotReplayed } from '../runtime.js';
import { planVersions, type Plan } from './plan.js';
import { whyOf, type Beside, type Served } from './workers.js';

interface Hands {
  versions: Versions;
  beside: Beside;
  goneAfterMs: number;
}

export function createKeeper(served: Served, hands: Hands) {
  const keeper = new Keeper(served, hands);
  return { look: async (): Promise<void> => keeper.look() };
}

class Keeper {
  readonly #served: Served;
  readonly #hands: Hands;
  readonly #client: Client;
  readonly #done = new Set<string>();
  readonly #failing = new Set<string>();

  constructor(served: Served, hands: Hands) {
    const { messages, connection, namespace } = served;
    this.#served = served;
    this.#hands = hands;
    this.#client = signedClient(messages, { connection, namespace });
  }

  /** Never fails. */
  async look(): Promise<void> {
    await this.#attempt('to see what is open on which version', async () =>
      this.#follow(await this.#plan()),
    );
  }

  async #plan(): Promise<Plan> {
    const { own, kept } = this.#served;
    const { versions, goneAfterMs } = this.#hands;
    const [serving, runs, here] = await Promise.all([
      versions.serving(),
      versions.openRuns(),
      kept.list(),
    ]);
    const open = new Set([own.buildId, ...runs.map(({ buildId }) => buildId)]);
    await kept.removeOld(open).catch(() => undefined);
    const known = new Set(here.map(({ buildId }) => buildId));
    return planVersions({ ...serving, own: own.buildId, runs, kept: known, goneAfterMs });
  }

  async #follow({ makeCurrent, beside: needed, toTell, left, toPin }: Plan): Promise<void> {
    const { versions, beside } = this.#hands;
    const { buildId } = this.#served.own;
    if (makeCurrent) {
      await this.#attempt('to let this version take what begins', () => this.#takeWhatBegins());
    }
    await this.#attempt('to run other versions beside', () => beside.keepOnly(needed));
    for (const run of toTell) {
      const what = `to tell ${run.workflowId} (${run.runId}) of this version`;
      await this.#once(what, () => tellOfVersion(this.#client, run, buildId));
    }
    for (const run of left) {
      await this.#once(`to go on with ${run.workflowId} (${run.runId})`, () => this.#takeOver(run));
    }
    for (const run of toPin) {
      await this.#attempt(`to keep ${run.workflowId} on this version`, () => versions.stay(run));
    }
  }

  async #takeWhatBegins(): Promise<void> {
    const { own, logger } = this.#served;
    await this.#hands.versions.makeCurrent(own.buildId);
    logger.warn({ version: own.buildId }, 'nothing took what begins: this version does now');
  }

  async #takeOver(run: VersionedRun): Promise<void> {
    const { own, logger } = this.#served;
    const { workflowId, buildId: version } = run;
    const why = await whyNotOnOurs(this.#client, run, this.#served);
    if (why !== null) {
      logger.error({ workflowId, version, why }, WAITS);
      return;
    }
    await this.#hands.versions.moveToCurrent(run);
    if (run.isGuardian) await tellOfVersion(this.#client, run, own.buildId);
    const text = 'goes on with this version: its own is neither kept here nor runs';
    logger.warn({ workflowId, version }, text);
  }

  /** What fails is said once, keeps nothing else from being done, and is tried with the next look. */
  async #attempt(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#failing.delete(what);
    } catch (error) {
      if (this.#failing.has(what)) return;
      this.#failing.add(what);
      this.#served.logger.error({ why: whyOf(error) }, `not done, and tried again: ${what}`);
    }
  }

  async #once(what: string, act: () => Promise<void>): Promise<void> {
    if (this.#done.has(what)) return;
    await this.#attempt(what, async () => {
      await act();
      this.#done.add(what);
    });
  }
}

const WAITS =
  'WAITS FOR CODE THAT RUNS NOWHERE: its version is not kept here, and this one does not fit. ' +
  'Start relight with the data folder that it ran on, or install that version again';

/** Null where its history replays on our code. */
async function whyNotOnOurs(
  client: Client,
  { workflowId, runId }: VersionedRun,
  { own, messages, namespace }: Served,
): Promise<string | null> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return whyNotReplayed({ workflowId, history, workflowBundle: own.bundle, messages, namespace });
}
