/**
 * Engines of a kit that are killed while they trade, and what their journals tell.
 *
 * The venue's file is the oracle: the engine appends each order to it after the record, by a system call, so what
 * stands there whole was sent. A thread that the kernel holds between the two for a whole round of the ring sends
 * what is overwritten by then, so that the turns of each thread are compared, and not the ends of the two lists.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJournal } from '../../clients/host/journal/read-journal.js';
import type { Intent, Journal } from '../../workflows/domain/engine/journal.js';
import { argumentsIn, GIVEN, INSTANCE, placesIn } from './engine.js';
import type { Kit } from './programs.js';

export interface Kills {
  kills: number;
  /** Orders that were sent, of all engines. */
  sent: number;
  /** Journals in which a record was torn. */
  torn: number;
  /** What a journal does not tell as it was, a sentence each. */
  wrong: string[];
}

/** In shared memory, where that is: on a disk each start waits for the first checkpoint to be synced. */
export const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
/** At a time: most of what one takes is waiting. */
const LANES = 3;

export async function killEngines(kit: Kit, kills: number): Promise<Kills> {
  const told: Kills = { kills, sent: 0, torn: 0, wrong: [] };
  let begun = 0;
  async function killOn(): Promise<void> {
    while (begun < kills) {
      const kill = begun++;
      // On a busy machine an engine takes longer to begin: later, until one has sent something.
      const laterMs = told.sent === 0 ? 2 * kill : 0;
      const { sent, torn, wrong } = await killOne(kit, kill, laterMs);
      told.sent += sent;
      told.torn += torn ? 1 : 0;
      told.wrong.push(...wrong.map((why) => `kill ${kill}, ${kit.language}: ${why}`));
    }
  }
  await Promise.all(Array.from({ length: LANES }, killOn));
  return told;
}

async function killOne(kit: Kit, kill: number, laterMs: number) {
  const folder = mkdtempSync(join(MEMORY, 'relight-kill-'));
  const threads = 1 + (kill % 3);
  try {
    const { checkpoints, journals } = placesIn(folder);
    for (const made of [checkpoints, journals]) mkdirSync(made);
    const places = { folder, socket: join(folder, 'none'), heartbeat: join(folder, 'heartbeat') };
    const engine = [kit.built('example'), ...argumentsIn(places, { threads, pauseUs: 0 })];
    await killAfter(4 + ((kill * 7) % 17) + laterMs, engine);
    return await compared(folder, threads);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By a program of its own: this process is late where it compares what others have left. */
async function killAfter(ms: number, command: readonly string[], given: object = {}) {
  const env = { ...process.env, ...GIVEN, ...given };
  const args = ['-s', 'KILL', String(ms / 1_000), ...command];
  await once(spawn('timeout', args, { env, stdio: 'ignore' }), 'exit');
}

/** Of a program that does nothing but note, so that many are killed in the midst of a record. */
export async function tearRecords(kit: Kit, kills: number): Promise<Omit<Kills, 'sent'>> {
  const told = { kills, torn: 0, wrong: [] as string[] };
  for (let kill = 0; kill < kills; kill += 1) {
    const folder = mkdtempSync(join(MEMORY, 'relight-kill-'));
    try {
      await killAfter(8 + ((kill * 7) % 17), [kit.built('cost'), folder, 'for-ever'], {
        RELIGHT_ENGINE: 'cost',
      });
      const journal = await readJournal(join(folder, `${INSTANCE}.journal`));
      if (typeof journal === 'string') continue; // not begun
      const { intents, unfinished } = journal;
      told.torn += unfinished;
      const isCut = intents.some(
        ({ sequence }, at) => sequence !== (intents[0]?.sequence ?? 0) + at,
      );
      told.wrong.push(
        ...ringFaults(journal, 1),
        ...(isCut ? ['a number between is not there'] : []),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return told;
}

async function compared(folder: string, threads: number) {
  const { journal: path, venue } = placesIn(folder);
  const lines = existsSync(venue) ? readFileSync(venue, 'utf8').split('\n').slice(0, -1) : [];
  const sent = new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line]));
  const journal = await readJournal(path);
  if (typeof journal === 'string') {
    return { sent: sent.size, torn: false, wrong: sent.size > 0 ? [journal] : [] };
  }
  const wrong = [
    ...lostFaults(journal, [...sent.keys()]),
    ...intentFaults(journal.intents, sent, threads),
    ...ringFaults(journal, threads),
  ];
  return { sent: sent.size, torn: journal.unfinished > 0, wrong };
}

/**
 * Of each thread of which anything is left, no turn was sent that is newer than the last one noted. A record that is
 * older than the round stands alone, where its place was drawn and not written: those after it are overwritten.
 */
function lostFaults(journal: Journal, sent: readonly string[]): string[] {
  const { intents, overwritten, capacity } = journal;
  const before = (intents.at(-1)?.sequence ?? 0) - capacity;
  const round = intents.filter(({ sequence }) => sequence > before);
  const noted = turnsOf(round.map(({ clientOrderId }) => clientOrderId));
  return [...turnsOf(sent)].flatMap(([thread, turns]) => {
    const known = noted.get(thread) ?? [];
    const [first = 0, last = 0] = [known[0], known.at(-1)];
    const isLost = (turns.at(-1) ?? 0) > last && (overwritten === 0 || last > 0);
    const isCut = overwritten === 0 && first !== 1;
    const isBroken = known.some((turn, at) => turn !== first + at);
    return isLost || isCut || isBroken
      ? [`thread ${thread} sent ${turns.at(-1)}, and the journal has ${first} to ${last}`]
      : [];
  });
}

/** In the order in which they are given. */
function turnsOf(ids: readonly string[]): Map<string, number[]> {
  const turns = new Map<string, number[]>();
  for (const id of ids) {
    const [, thread = '', turn = ''] = /^ex-7-(\d+)-(\d+)$/.exec(id) ?? [];
    const known = turns.get(thread);
    if (known === undefined) turns.set(thread, [Number(turn)]);
    else known.push(Number(turn));
  }
  return turns;
}

/** Each as it was sent; of each thread one, at most, that was not sent yet. */
function intentFaults(
  intents: readonly Intent[],
  sent: ReadonlyMap<string, string>,
  threads: number,
): string[] {
  const other = intents.filter((intent) => {
    const line = sent.get(intent.clientOrderId);
    return line !== undefined && line !== lineOf(intent);
  });
  const unsent = intents.filter(({ clientOrderId }) => !sent.has(clientOrderId));
  return [
    ...other.slice(0, 3).map((intent) => `noted otherwise than it was sent: ${lineOf(intent)}`),
    ...(unsent.length > threads ? [`${unsent.length} noted that were not sent`] : []),
  ];
}

function lineOf({ clientOrderId, instrument, side, quantity, price }: Intent): string {
  return [clientOrderId, instrument, side, quantity, price].join(' ');
}

function ringFaults({ damaged, missing, unfinished }: Journal, threads: number): string[] {
  return damaged > 0 || unfinished + missing > threads
    ? [`${damaged} damaged, ${unfinished} unfinished, ${missing} missing`]
    : [];
}
