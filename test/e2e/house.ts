/** What the end-to-end tests share: short windows, a world that is always closed, and the oracle. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findTemporalCli } from '../../clients/temporal/embedded/index.js';
import type { Run } from '../../sandbox/demo/run.js';
import type { Windows } from '../../sandbox/demo/settings.js';
import type { JournalEntry } from '../../sandbox/venues/index.js';
import { startWorld, type World, type WorldRequest } from '../../sandbox/demo/world.js';

const SHORT: Windows = {
  settleMs: 300,
  soakMs: 200,
  monitorMs: 1_000,
  checkEveryMs: 200,
  heartbeatAlarmMs: 2_500,
  gateReminderMs: 60_000,
  recheckMs: 1_000,
  arrivalMs: 1_000,
};

type Options = Partial<WorldRequest> & { orders: number };

export async function world(t: TestContext, options: Options): Promise<World> {
  const opened = await openWorld((line) => t.diagnostic(line), options);
  t.after(opened.close);
  return opened.world;
}

/** `close`: ends all that runs in it, and removes its folder. */
export async function openWorld(say: (line: string) => void, options: Options) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-e2e-'));
  const temporalCli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const started = await startWorld({
    folder,
    windows: SHORT,
    temporalCli,
    say,
    thinkingMs: 0,
    ...options,
  });
  const close = async () => {
    await started.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  };
  return { world: started, close };
}

/** The end of every scenario: recovered, and nothing differs from the ledger by a digit. */
export function assertRecovered({ result }: Run): void {
  assert.equal(result.outcome, 'recovered', JSON.stringify(result, null, 2));
  assert.deepEqual(result.ledger?.differences, []);
  assert.equal(result.ledger?.equal, true);
  assert.ok((result.ledger?.compared.checkpoint ?? 0) > 10, 'too few figures were compared');
  assert.equal(result.checkpoint?.engineDigest, result.checkpoint?.digest);
}

/**
 * The venues' own word: each client order id was accepted once and asked for once, and each order
 * was asked to be cancelled at most once.
 */
export async function assertNothingTwice({ admin }: World): Promise<void> {
  const { entries } = await admin.journal();
  const { writes } = await admin.requests();
  const accepted = entries
    .filter(({ kind }) => kind === 'order-accepted')
    .map((entry) => ('clientOrderId' in entry ? `${entry.venue} ${entry.clientOrderId}` : ''));
  assertUnique(accepted, 'accepted');
  const sent = writes.filter(({ endpoint }) => endpoint === 'placeOrder');
  assertUnique(
    sent.map(({ venue, clientOrderId }) => `${venue} ${clientOrderId}`),
    'sent',
  );
  const cancelled = writes.filter(({ endpoint }) => endpoint === 'cancelOrder');
  assertUnique(
    cancelled.map(
      ({ venue, venueOrderId, clientOrderId }) => `${venue} ${venueOrderId ?? clientOrderId}`,
    ),
    'cancelled',
  );
}

/** What was reconciled was charged in every way there is, by the ledger's own journal. */
export async function assertEveryFee({ admin }: World): Promise<void> {
  const { entries } = await admin.journal();
  const ways = entries.flatMap((entry) => (entry.kind === 'fill' ? [wayOf(entry)] : []));
  const wanted = [
    'binance in base',
    'binance in BNB',
    'binanceusdm in BNB',
    'binanceusdm paid back',
    'kraken in base',
  ];
  assert.deepEqual(
    wanted.filter((way) => !ways.includes(way)),
    [],
    'fees that no fill was charged',
  );
}

function wayOf({ venue, instrument, fee, feeAsset }: Extract<JournalEntry, { kind: 'fill' }>) {
  if (fee.startsWith('-')) return `${venue} paid back`;
  return `${venue} in ${instrument.startsWith(`${feeAsset}/`) ? 'base' : feeAsset}`;
}

function assertUnique(values: string[], what: string): void {
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  assert.deepEqual(twice, [], `orders ${what} twice`);
}

/** The process of Relight that runs one part of this world, found by its command line. */
export function pidOfPart({ files }: World, part: 'worker' | 'agent'): number | null {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const argv = commandLine(name);
    if (argv.includes(files.relight) && argv.includes(part)) return Number(name);
  }
  return null;
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // gone meanwhile
  }
}
