/**
 * A store through processes that are killed and power that fails, one story a seed.
 *
 * Invariant: what counts as promised is what a call said to a process that lived; each process first looks whether
 * all that was promised is there, and may itself be cut off while it looks.
 */
import type { Files } from '../../../clients/files/files.js';
import { randomOf, type Random } from '../time/random.js';
import { createSimulatedDisk, type Opened, type SimulatedDisk } from './simulated-disk.js';

interface Operation {
  what: string;
  run: () => Promise<unknown>;
  /** It has said that it is done. */
  acknowledged?: () => void;
}

/** What one process does with a store. */
export interface Life {
  /** Fails where something that was promised is not there, or something is that nobody wrote. */
  look(): Promise<void>;
  next(random: Random): Operation;
}

/** What is promised over all processes. */
interface Story {
  open(files: Files): Life;
}

export interface Subject {
  name: string;
  /** What is there before, on the disk. */
  before?: (files: Files) => Promise<void>;
  begin: () => Story;
}

const PROCESSES = 6;
/** Many end soon, before what the last one has left in doubt is on the disk anyhow. */
const MOST_STEPS = [12, 60] as const;
const MOST_OPERATIONS = 8;

/** Gives how often the power failed. Fails with the whole story where a promise is broken. */
export async function drive(subject: Subject, seed: number): Promise<number> {
  const random = randomOf(`${subject.name} ${seed}`, 'power');
  let now = 0;
  const disk = createSimulatedDisk(() => (now += 1));
  const told: string[] = [];
  const stage: Stage = { disk, random, told, story: subject.begin(), cuts: 0 };
  await subject.before?.(disk.open().files);
  disk.cut(random, 'nothing');
  try {
    for (let process = 1; process < PROCESSES; process += 1) await liveUntilItEnds(stage);
    await stage.story.open(disk.open().files).look();
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`${subject.name}, seed ${seed}:\n${told.join('\n')}\n${why}`, { cause: error });
  }
  return stage.cuts;
}

interface Stage {
  disk: SimulatedDisk;
  random: Random;
  told: string[];
  story: Story;
  cuts: number;
}

async function liveUntilItEnds(stage: Stage): Promise<void> {
  const { disk, random, told, story } = stage;
  const how = random.of(['cut', 'cut', 'cut', 'kill'] as const);
  let stepsLeft = random.between(1, random.of(MOST_STEPS));
  // Where something is there and not yet on the disk, promises are broken.
  const isAimed = random.of([true, false]);
  const end = () => {
    if (how === 'kill') {
      told.push('  KILLED');
      return opened.end();
    }
    stage.cuts += 1;
    told.push(`  POWER CUT, which leaves ${disk.cut(random)}`);
  };
  const opened: Opened = disk.open((what) => {
    stepsLeft -= 1;
    if (stepsLeft <= 0 && (!isAimed || /^f?sync /.test(what))) end();
    else told.push(`  ${what}`);
  });
  told.push('a process begins');
  await untilOver(opened, () => act(story.open(opened.files), { random, told, opened }));
  if (!opened.isOver()) end();
}

async function act(
  life: Life,
  { random, told, opened }: Pick<Stage, 'random' | 'told'> & { opened: Opened },
): Promise<void> {
  await life.look();
  const most = random.between(0, MOST_OPERATIONS);
  for (let operations = 0; operations < most && !opened.isOver(); operations += 1) {
    const { what, run, acknowledged } = life.next(random);
    told.push(what);
    await run();
    if (opened.isOver()) return;
    acknowledged?.();
    told.push('  done, it said');
  }
}

/** What still waits in a process that has ended waits for ever. */
async function untilOver(opened: Opened, work: () => Promise<void>): Promise<void> {
  await Promise.race([work(), opened.over]);
}
