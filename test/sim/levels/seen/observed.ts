/**
 * What was seen of a world's incident, as the oracle takes it.
 *
 * Invariants: what is compared with the ledger is compared as trading resumes, and again at the end, when the market
 * stands still; an order is told as ended only where the ledger says the same for good.
 */
import { stateOf } from '../../../../workflows/domain/notices/states.js';
import type { RecoveryRecord } from '../../../../workflows/domain/record.js';
import { BEGINS_AT_MS } from '../../time/installed.js';
import {
  NO_FACTS,
  type Compared,
  type Effect,
  type Facts,
  type Report,
  type Span,
} from '../../oracle/facts.js';
import { hasRecord, openOf, verdictsOf } from './record-facts.js';
import { historiesOf } from '../../compared/written.js';
import { ENGINE_ID } from '../../world/engine/processes.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { APPROVERS } from '../../../workflows/fakes/people.js';
import { incidentFolderName } from '../../../../clients/files/names.js';
import { closedAmong } from './closed.js';
import { mayDecide } from '../conducts.js';
import { Acts } from './afterwards.js';
import { Cancels } from './cancels.js';
import { machineOf } from './machine.js';
import { fatesOf } from './fates.js';
import { leftOf } from './left.js';
import { Money } from './money.js';
import { enabledBy, grantedBy, grantsOnce } from './grants.js';

const LOOK_MS = 1_000;
const SWITCH_PATH = `/data/fence/${ENGINE_ID}/kill-switch.json`;

export class Observed {
  readonly #world: IncidentWorld;
  readonly #compared: Compared[] = [];
  readonly #trading: Facts['trading'] = [];
  readonly #resumed = new Set<number>();
  readonly #cancels: Cancels;
  readonly #acts: Acts;
  readonly #money: Money;
  readonly #switched: Span[] = [];
  readonly #silent: Span[] = [];

  constructor(world: IncidentWorld) {
    this.#world = world;
    this.#cancels = new Cancels(world.market, (order) => this.#besideOf(order));
    this.#acts = new Acts(world);
    this.#money = new Money(world);
    setInterval(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    const life = this.#world.engine;
    const { files } = this.#world.hosts.first;
    noteSpan(this.#switched, files.contentOf(SWITCH_PATH) !== null);
    noteSpan(this.#silent, life?.life.state === 'stopped');
    const { permission } = life?.engine ?? {};
    if (life === null || permission === undefined || !permission.trading) {
      return this.#money.look();
    }
    const { epoch } = life;
    const engineId = ENGINE_ID;
    this.#trading.push({ atMs: Date.now(), engineId, epoch, percent: permission.percent });
    if (this.#resumed.has(epoch)) return;
    this.#resumed.add(epoch);
    if (epoch === 0) return;
    const differences = this.#unknownOrders();
    this.#compared.push({ atMs: Date.now(), moment: 'resumes', engineId, epoch, differences });
  }

  /** Who trades as that is cancelled, and did as it came. */
  #besideOf({ acceptedAtMs }: { acceptedAtMs: number }): string | null {
    const { engine: life, facts } = this.#world;
    if (life === null || life.life.state !== 'running' || !life.engine?.permission.trading)
      return null;
    const { epoch, instanceId } = life;
    const granted = facts.calls.find(
      (call) => call.path === '/limits' && call.epoch === epoch && call.status < 300,
    );
    if (granted === undefined || granted.atMs > acceptedAtMs) return null;
    const isTold = facts.reports.some(({ report }) => report.instance.instanceId === instanceId);
    return isTold ? null : instanceId;
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
    // Of one that nobody has recovered, nobody has told what was done beside it.
    if (life === null || differences === null || life.isUnseen) return;
    const { epoch } = life;
    const atMs = Date.now();
    this.#compared.push({ atMs, moment: 'end', engineId: ENGINE_ID, epoch, differences });
    this.#money.end(life);
  }

  async facts(): Promise<Facts> {
    const { around } = this.#world;
    const incidents = await this.#records();
    const calls = around.mishaps?.interference.calls ?? [];
    const { nondeterminism, failures } = around.server.tasks;
    const writes = this.#world.facts.calls;
    return {
      ...NO_FACTS,
      endedAtMs: Date.now() - BEGINS_AT_MS,
      calls,
      lives: this.#lives(),
      effects: [
        ...this.#starts(),
        ...this.#placed(),
        ...this.#cancels.effects,
        ...grantsOnce(writes, calls),
      ],
      rules: (await around.rules.ofEngine(ENGINE_ID))?.policy ?? null,
      granted: grantedBy(writes),
      enabled: enabledBy(writes),
      switched: this.#switched,
      silent: this.#silent,
      trading: this.#trading,
      compared: this.#compared,
      ...this.#money.facts(),
      left: leftOf(this.#world, calls),
      cancelled: this.#cancels.cancelled,
      fates: await fatesOf(this.#world, incidents, calls),
      verdicts: verdictsOf(incidents),
      machine: { ...machineOf(this.#world), afterwards: this.#acts.afterwards() },
      incidents,
      closed: closedAmong(around.server),
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
    const lives = this.#world.facts.lives.filter(({ isUnseen }) => !isUnseen);
    return lives.map(({ instanceId, epoch, bornAtMs, death }) => ({
      engineId: ENGINE_ID,
      instanceId,
      epoch,
      bornAtMs,
      diedAtMs: death?.atMs ?? null,
    }));
  }

  #sent(incidents: readonly RecoveryRecord[]): Facts['sent'] {
    const gates = incidents.flatMap((record) => record.gates);
    return this.#world.facts.decisions.map((made) => {
      const { atMs, gateId, attempt, by, answer, isForged, kind } = made;
      const shown = gates.find((gate) => gate.gateId === gateId && gate.attempt === attempt)?.shown;
      const { roles } = APPROVERS.find(({ name }) => name === by) ?? { roles: [] };
      const mayAnswer = mayDecide({ roles }, kind);
      const isInTime = atMs <= (shown?.expiresAtMs ?? Infinity);
      return {
        atMs,
        gateId,
        attempt,
        approver: by,
        answer,
        isGenuine: !isForged && mayAnswer,
        isInTime,
        fromMs: null,
        figure: null,
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

  /** The last one that lies there. */
  #reports(incidents: readonly RecoveryRecord[]): Report[] {
    const files = [...this.#world.around.store.all()];
    return incidents.flatMap(({ incidentId }) => {
      const folder = `/reports/${incidentFolderName(incidentId)}/`;
      const own = files.filter(([path]) => path.startsWith(folder) && path.endsWith('.json'));
      return own.map(([, bytes]) => ({ incidentId, outcome: outcomeIn(bytes) }));
    });
  }

  #starts(): Effect[] {
    return this.#world.facts.lives.map(({ bornAtMs, instanceId }) => ({
      atMs: bornAtMs,
      what: 'a process',
      key: `start of ${instanceId}`,
    }));
  }

  /** Orders that the engine has named: each name is one intent. */
  #placed(): Effect[] {
    const { market } = this.#world;
    return market.venues.flatMap((venue) =>
      [...market.sandbox.core.desks[venue].state.orders.values()].flatMap(
        ({ clientOrderId, acceptedAtMs, venueOrderId }) =>
          clientOrderId === null || market.byHand.has(venueOrderId)
            ? []
            : [{ atMs: acceptedAtMs, what: venueOrderId, key: `order ${venue} ${clientOrderId}` }],
      ),
    );
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

function outcomeIn(report: Buffer): string {
  const { record } = JSON.parse(report.toString()) as { record?: RecoveryRecord };
  return record?.outcome ?? 'nothing';
}

/** It is so now, or it is not: as it was seen at each look. */
function noteSpan(spans: Span[], is: boolean): void {
  const last = spans.at(-1);
  const nowMs = Date.now();
  if (!is) return;
  if (last !== undefined && nowMs - last.toMs <= LOOK_MS) last.toMs = nowMs;
  else spans.push({ fromMs: nowMs, toMs: nowMs });
}
