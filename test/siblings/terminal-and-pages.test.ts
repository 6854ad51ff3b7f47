/**
 * Whatever a venue, an engine, a host or an approver says moves no cursor and fakes no line, whichever
 * command prints it and in whichever field it stands.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Operations } from '../../clients/cli/operations.js';
import { nodeCommand } from '../../workers/processes/self.js';
import { run } from '../clients/cli/run.js';
import { folderOf } from '../clients/host/processes.js';
import { emptyReport } from '../clients/report/sample-report.js';
import { writeConfig } from '../workers/processes/parts.js';
import { standingOf } from '../clients/cli/fixtures/standings.js';
import { exposureGate } from '../workflows/domain/gates/gate-shown.js';

/** Erases, rings, sets a title, links, turns around, is invisible, and begins a line of its own. */
const EVIL =
  'x\u001b[2K\u001b[1A\u0007\u001b]0;t\u0007\u001b]8;;http://e\u0007\u009b2J\r\u202e\u3164\u2028\nFAKED line';

const folder = mkdtempSync(join(tmpdir(), 'relight-terminal-'));
after(() => rmSync(folder, { recursive: true }));
const KEY = join(folder, 'ada.key');
writeFileSync(KEY, '04'.repeat(32), { mode: 0o600 });

type Answers = Partial<Operations>;
type Ended = Awaited<ReturnType<typeof run>>;

/** The same with every text in it replaced; names of kinds stay, by which the command knows its way. */
function poisoned<T>(value: T, stays: readonly string[] = []): T {
  const made = (given: unknown, name: string): unknown => {
    if (typeof given === 'string') return stays.includes(name) ? given : EVIL;
    if (Array.isArray(given)) return given.map((one) => made(one, name));
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([key, one]) => [key, made(one, key)]));
  };
  return made(value, '') as T;
}

/** `quoted`: further lines of an error are indented. */
function harmless({ stdout, stderr }: Ended, what: string, quoted = false): void {
  const text = stdout + stderr;
  assert.ok(text.includes('FAKED'), `${what} shows it: ${text}`);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\u2028\u3164]/u, what);
  assert.doesNotMatch(
    text,
    quoted ? /^FAKED/mu : /^[ │|]*FAKED/mu,
    `${what} begins a line of its own`,
  );
}

const KINDS = ['kind', 'status', 'side', 'verdict', 'state', 'type', 'outcome', 'name'];
const GATE = exposureGate();
const RECORD = {
  ...emptyReport().record,
  steps: [
    { name: 'risk', startedAtMs: 1, endedAtMs: 2, attempts: 1, status: 'done', detail: 'fine' },
  ] as const,
};

const status = (change: object): Answers => ({
  status: async () => ({
    engineId: 'desk',
    standing: standingOf('trading'),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    guardian: null,
    recovery: null,
    gate: null,
    unread: [],
    ...change,
  }),
});

const GUARDIAN = { engineId: 'desk', epoch: 1, crashTimesMs: [], openIncident: null, past: [] };

const STATUS: readonly [what: string, change: object][] = [
  [
    'the reason of a kill switch',
    { killSwitches: [{ where: 'machine', host: EVIL, reason: EVIL, by: EVIL, at: EVIL }] },
  ],
  ['what could not be asked', { unread: [EVIL] }],
  ['the reason of a hold', { guardian: { ...GUARDIAN, hold: { reason: EVIL, by: EVIL } } }],
  [
    'the id of a past incident',
    { guardian: { ...GUARDIAN, hold: null, past: [{ incidentId: EVIL, outcome: 'failed' }] } },
  ],
  ['the question of a gate', { gate: poisoned(GATE, ['kind']) }],
  ['the detail of a step', { recovery: poisoned(RECORD, KINDS) }],
  [
    'a channel that fails',
    {
      recovery: {
        ...RECORD,
        undelivered: [
          { dedupKey: 'k', title: EVIL, channel: EVIL, why: EVIL, status: 'failing', sinceMs: 0 },
        ],
      },
    },
  ],
  [
    'a message that was refused',
    {
      recovery: {
        ...RECORD,
        refused: { count: 1, last: { atMs: 1, name: EVIL, why: EVIL }, sinceMs: 1 },
      },
    },
  ],
];

for (const [what, change] of STATUS) {
  test(`${what} is shown by status on its own line, written out`, async (t) => {
    harmless(await run(t, status(change), 'status'), what);
  });
}

const STEP = { result: EVIL, failed: true };
const ORDERS = { cancelled: [], filledOrGone: [], ofOthers: 0, doubtful: 0, verified: false };

const COMMANDS: readonly [what: string, operations: Answers, args: string[]][] = [
  [
    'gates that could not be asked for',
    { openGates: async (onUnread) => (onUnread?.(EVIL), []) },
    ['gates'],
  ],
  [
    'a gate',
    { openGates: async () => [{ engineId: 'd', workflowId: 'w', gate: poisoned(GATE, ['kind']) }] },
    ['gates'],
  ],
  [
    'a shutdown',
    {
      latch: async () => STEP,
      shutdown: async () => ({
        engineId: 'desk',
        latch: STEP,
        engine: STEP,
        guardian: STEP,
        venues: [],
      }),
    },
    ['shutdown', '--reason', 'x'],
  ],
  [
    'a venue of a shutdown',
    {
      latch: async () => STEP,
      shutdown: async () => ({
        engineId: 'desk',
        latch: STEP,
        engine: STEP,
        guardian: STEP,
        venues: [
          {
            ...STEP,
            venue: EVIL,
            orders: {
              ...ORDERS,
              left: [EVIL],
              unnamed: [EVIL],
              maybeAdopted: [EVIL],
              protective: [EVIL],
              notUnderstood: [EVIL],
              unseen: [EVIL],
              trouble: [EVIL],
            },
          },
        ],
      }),
    },
    ['shutdown', '--reason', 'x'],
  ],
  [
    'a checkpoint',
    {
      verifyCheckpoint: async () => ({
        path: EVIL,
        valid: false,
        errors: [EVIL],
        warnings: [EVIL],
        ageMs: 1,
        sequence: 1,
        orders: 1,
        positions: 1,
      }),
    },
    ['checkpoint', 'verify'],
  ],
  [
    'a report',
    {
      reports: async () => [
        { incidentId: EVIL, outcome: EVIL, endedAtMs: 1, host: null, pdf: EVIL, json: EVIL },
      ],
    },
    ['report'],
  ],
  [
    'a reset of the fence',
    {
      toResetFence: async (request) => ({ ...request, version: 1, host: EVIL, atMs: 1, id: EVIL }),
      resetFence: async () => ({ engineId: 'desk', from: 1, to: 2, setAside: [EVIL] }),
    },
    ['fence', 'reset', '--to', '2', '--reason', 'x', '--as', 'ada', '--key', KEY],
  ],
  [
    'venues that cannot be read',
    {
      positions: async () => ({
        engineId: 'desk',
        takenAtMs: 1,
        positions: [],
        balances: [],
        exposure: { total: '0', unpriced: [EVIL], setting: EVIL },
        unreadable: [{ venue: EVIL, why: EVIL }],
        unlisted: [{ venue: EVIL, instrument: EVIL }],
        leftApart: [],
      }),
    },
    ['positions'],
  ],
  [
    'an error of a server',
    {
      positions: async () => {
        throw new Error(EVIL);
      },
    },
    ['positions'],
  ],
];

for (const [what, operations, args] of COMMANDS) {
  test(`${what} is printed by "${args.join(' ')}" written out, line for line`, async (t) => {
    harmless(await run(t, operations, ...args), what, what.startsWith('an error'));
  });
}

const MAIN = new URL('../../workers/main.ts', import.meta.url).href;

function relight(folder: string, ...args: string[]) {
  const [program, ...before] = nodeCommand(MAIN);
  return spawnSync(program, [...before, ...args], {
    cwd: folder,
    timeout: 90_000,
    encoding: 'utf8',
  });
}

test('a certificate that is a pipe or a device is refused by its setting, and not waited for', (t) => {
  const folder = folderOf(t);
  execFileSync('mkfifo', [join(folder, 'ca.pem')]);
  symlinkSync('/dev/zero', join(folder, 'zero.pem'));
  writeFileSync(join(folder, 'key.pem'), 'x', { mode: 0o600 });
  for (const name of ['ca.pem', 'zero.pem']) {
    const tls = { ca: join(folder, name) };
    const config = writeConfig(folder, { temporal: { address: '127.0.0.1:1', tls } });
    const ended = relight(folder, 'gates', '--config', config);
    assert.equal(ended.error, undefined, String(ended.error));
    assert.match(ended.stderr, /temporal\.tls\.ca/);
    assert.equal(ended.status, 2);
  }
});
