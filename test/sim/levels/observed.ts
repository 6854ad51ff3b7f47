/**
 * What was seen of a world's incident, as the oracle takes it.
 *
 * Invariants: what is compared with the ledger is compared as trading resumes, and again at the end, when the market
 * stands still; an order is told as ended only where the ledger says the same for good.
 */
import { createArtifactStore } from '../../../clients/artifacts/index.js';
import { stateOf } from '../../../workflows/domain/notices/states.js';
import type { Resolution } from '../../../workflows/domain/orders/resolution.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Order } from '../../../sandbox/venues/ledger/state.js';
import { BEGINS_AT_MS } from '../time/installed.js';
import {
  NO_FACTS,
  type Compared,
  type Facts,
  type Fate,
  type LedgerStatus,
} from '../oracle/facts.js';
import { hasRecord, openOf, verdictsOf } from './record-facts.js';
import { historiesOf } from '../compared/written.js';
import { ENGINE_ID } from '../world/engine/processes.js';
import type { IncidentWorld } from '../world/incident-world.js';
import { DEAN, OLGA, RITA } from '../../workflows/fakes/people.js';
import { incidentFolderName } from '../../../clients/files/names.js';

const LOOK_MS = 1_000;
/** By which an engine is told how much it may trade. */
const GRANT_PATH = '/limits';
const FIRST_PERCENT = 100;
const ALIVE = new Set<Resolution['kind']>(['still_open', 'partly_filled', 'adopted', 'foreign']);

export class Observed {
  readonly #world: IncidentWorld;
  readonly #compared: Compared[] = [];
  readonly #trading: Facts['trading'] = [];
  readonly #resumed = new Set<number>();

  constructor(world: IncidentWorld) {
    this.#world = world;
    setInterval(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    const life = this.#world.engine;
    const { permission } = life?.engine ?? {};
    if (life === null || permission === undefined || !permission.trading) return;
    const { epoch } = life;
    const engineId = ENGINE_ID;
    this.#trading.push({ atMs: Date.now(), engineId, epoch, percent: permission.percent });
    if (this.#resumed.has(epoch)) return;
    this.#resumed.add(epoch);
    if (epoch === 0) return;
    const differences = this.#unknownOrders();
    this.#compared.push({ atMs: Date.now(), moment: 'resumes', engineId, epoch, differences });
  }

  /** What rests of ours, and the engine has never heard of. */
  #unknownOrders(): string[] {
    const lines = this.#world.differences() ?? [];
    return lines.filter((line) => line.startsWith('order') && line.includes('the engine has none'));
  }

  /** The market stands still, and the books are compared. */
  async end(): Promise<void> {
    await this.#world.settleBooks();
    const life = this.#world.engine;
    const differences = this.#world.differences();
    if (life === null || differences === null) return;
    const { epoch } = life;
    const atMs = Date.now();
    this.#compared.push({ atMs, moment: 'end', engineId: ENGINE_ID, epoch, differences });
  }

  async facts(): Promise<Facts> {
    const { facts, around } = this.#world;
    const incidents = await this.#records();
    const { nondeterminism, failures } = around.server.tasks;
    return {
      ...NO_FACTS,
      endedAtMs: Date.now() - BEGINS_AT_MS,
      calls: around.mishaps?.interference.calls ?? [],
      lives: this.#lives(),
      effects: facts.lives.map(({ bornAtMs, instanceId }) => ({
        atMs: bornAtMs,
        what: 'a process',
        key: `start of ${instanceId}`,
      })),
      granted: this.#granted(),
      trading: this.#trading,
      compared: this.#compared,
      fates: await this.#fates(incidents),
      verdicts: verdictsOf(incidents),
      incidents,
      open: incidents.flatMap((record) => openOf(around.server, record)),
      sent: this.#sent(incidents),
      heard: this.#heard(),
      reports: this.#reports(incidents),
      texts: this.#texts(incidents),
      secrets: this.#secrets(),
      differed: nondeterminism.map(
        ({ workflowId, before, now }) => `${workflowId}: ${before}, ${now}`,
      ),
      failures: failures.map(({ workflowId, message }) => `${workflowId}: ${message}`),
      happened: [],
    };
  }

  async #records(): Promise<RecoveryRecord[]> {
    const told = this.#world.recoveries.filter(hasRecord);
    const ids = new Set(told.map(({ identity }) => identity.workflowId));
    const records = await Promise.all([...ids].map(async (id) => this.#world.operator.record(id)));
    return records.filter((record) => record !== null);
  }

  #lives(): Facts['lives'] {
    return this.#world.facts.lives.map(({ instanceId, epoch, bornAtMs, death }) => ({
      engineId: ENGINE_ID,
      instanceId,
      epoch,
      bornAtMs,
      diedAtMs: death?.atMs ?? null,
    }));
  }

  #granted(): Facts['granted'] {
    const first = { atMs: 0, engineId: ENGINE_ID, epoch: 0, percent: FIRST_PERCENT };
    const grants = this.#world.facts.calls.filter(
      ({ path, status }) => path === GRANT_PATH && status < 300,
    );
    return [
      first,
      ...grants.map(({ atMs, epoch, body }) => ({
        atMs,
        engineId: ENGINE_ID,
        epoch,
        percent: (body as { percent: number }).percent,
      })),
    ];
  }

  async #fates(incidents: readonly RecoveryRecord[]): Promise<Fate[]> {
    const artifacts = createArtifactStore('/artifacts', this.#world.around.store);
    const found = await Promise.all(
      incidents.map(async ({ orders }) =>
        orders === null ? [] : artifacts.get('order-resolutions', orders.resolutions),
      ),
    );
    return found.flat().map((resolution) => this.#fateOf(resolution));
  }

  #fateOf({ venue, clientOrderId, venueOrderId, kind: told }: Resolution): Fate {
    const { desks } = this.#world.market.sandbox.core;
    const { orders, byClientOrderId } = desks[venue as keyof typeof desks].state;
    const order = byClientOrderId.get(clientOrderId) ?? orders.get(venueOrderId ?? '');
    const name = `${venue} ${clientOrderId}`;
    if (order === undefined) return { order: name, told, truth: null };
    // It may have ended since: that it was there is what can be judged now.
    if (ALIVE.has(told)) {
      return { order: name, told, truth: told === 'partly_filled' ? told : 'open' };
    }
    return { order: name, told, truth: statusOf(order) };
  }

  #sent(incidents: readonly RecoveryRecord[]): Facts['sent'] {
    const gates = incidents.flatMap((record) => record.gates);
    return this.#world.facts.decisions.map(({ atMs, gateId, attempt, by, answer, isForged }) => {
      const shown = gates.find((gate) => gate.gateId === gateId && gate.attempt === attempt)?.shown;
      const { roles } = [OLGA, RITA, DEAN].find(({ name }) => name === by) ?? { roles: [] };
      const mayAnswer = roles.some((role) => shown?.roles.includes(role));
      const isInTime = atMs <= (shown?.expiresAtMs ?? Infinity);
      return {
        atMs,
        gateId,
        attempt,
        approver: by,
        answer,
        isGenuine: !isForged && mayAnswer,
        isInTime,
      };
    });
  }

  #heard(): Facts['heard'] {
    const first = new Map(
      this.#world.facts.notices
        .toReversed()
        .map(({ atMs, notice }) => [
          notice.dedupKey,
          { atMs, incidentId: notice.incidentId, key: notice.dedupKey, state: stateOf(notice) },
        ]),
    );
    return [...first.values()];
  }

  #reports(incidents: readonly RecoveryRecord[]): string[] {
    const paths = [...this.#world.around.store.all().keys()];
    return incidents
      .map(({ incidentId }) => incidentId)
      .filter((id) => paths.some((path) => path.startsWith(`/reports/${incidentFolderName(id)}/`)));
  }

  #texts(incidents: readonly RecoveryRecord[]): Facts['texts'] {
    const { around, facts, hosts } = this.#world;
    const disks = [around.store, hosts.first.files, hosts.second.files];
    return [
      { where: 'records', text: JSON.stringify(incidents) },
      { where: 'notices', text: JSON.stringify(facts.notices) },
      ...historiesOf(around.server),
      ...disks.flatMap((disk) =>
        [...disk.all()].map(([where, bytes]) => ({ where, text: bytes.toString('latin1') })),
      ),
    ];
  }

  #secrets(): string[] {
    const { credentials } = this.#world.market.sandbox;
    return this.#world.market.venues.flatMap((venue) => {
      const { apiKey, secret } = credentials[venue];
      return [apiKey, secret];
    });
  }
}

function statusOf({ status, filled }: Order): LedgerStatus {
  if (status !== 'untriggered' && status !== 'open' && status !== 'triggered') return status;
  return filled.isZero() ? 'open' : 'partly_filled';
}
