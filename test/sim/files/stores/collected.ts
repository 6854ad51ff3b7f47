/** Stores of which the newest are kept, and one that belongs to whoever came first. */
import assert from 'node:assert/strict';
import { createFolderBlobs } from '../../../../clients/artifacts/folder.js';
import { createShadows } from '../../../../clients/artifacts/shadows.js';
import type { Files } from '../../../../clients/files/files.js';
import { makeFolders } from '../../../../clients/files/folders.js';
import { createCrashLog } from '../../../../clients/host/crash-log.js';
import { claimFolder } from '../../../../clients/host/data-folder.js';
import { emptyState } from '../../../../workflows/domain/books/state.js';
import { validateCheckpoint } from '../../../../workflows/domain/engine/checkpoint.js';
import type { Life, Subject } from '../drive.js';
import { reportOf } from './of-the-agent.js';

const ENGINE = 'a desk/1';

interface Collection {
  add(number: number): Promise<unknown>;
  /** Newest last. Fails where one is damaged. */
  all(): Promise<number[]>;
}

/** Numbers that rise: of those that were added the last `keep` are there, and none that nobody has added. */
function collection(
  name: string,
  keep: number,
  open: (files: Files) => Collection,
  before?: Subject['before'],
): Subject {
  const begin = () => {
    const added = new Set<number>();
    let last = 0;
    return {
      open(files: Files): Life {
        const store = open(files);
        return {
          async look() {
            const there = await store.all();
            const isRising = there.every((one, at) => at === 0 || one > (there[at - 1] ?? 0));
            assert.ok(isRising && there.every((one) => one <= last), `there are ${there.join()}`);
            const newest = [...new Set([...there, ...added])].toSorted((a, b) => b - a);
            const missing = newest.slice(0, keep).filter((one) => !there.includes(one));
            assert.deepEqual(missing, [], `there are ${there.join()}`);
          },
          next(random) {
            const number = last > 0 && random.of([true, false, false]) ? last : (last += 1);
            const acknowledged = () => void added.add(number);
            return { what: `add ${number}`, run: () => store.add(number), acknowledged };
          },
        };
      },
    };
  };
  return { name, begin, ...(before !== undefined && { before }) };
}

const KEPT = 3;
const FIRST_MS = 1_790_000_000_000;

function shadowOf(number: number) {
  const times = { sequence: number, takenAtNs: `${FIRST_MS + number}000000` };
  const header = { version: 1, engineId: ENGINE, instanceId: 'w1', epoch: 0, ...times };
  return { header, state: emptyState() };
}

const shadows = collection('shadow checkpoints', KEPT, (files) => {
  const store = createShadows(createFolderBlobs('/data/artifacts', { files, isShared: false }));
  return {
    add: (number) => store.write(shadowOf(number), KEPT),
    async all() {
      const names = (await store.list(ENGINE)).toReversed();
      for (const { name } of names) {
        const file = await store.open(ENGINE, name);
        assert.ok(file !== null && 'bytes' in file, name);
        const limits = { engineId: ENGINE, nowMs: FIRST_MS, oldMs: 1_000, absurdQuantity: '1' };
        const { checkpoint } = validateCheckpoint(file.bytes, limits, file.read);
        assert.deepEqual(checkpoint, shadowOf(checkpoint?.header.sequence ?? 0));
      }
      return names.map(({ takenAtMs }) => takenAtMs - FIRST_MS);
    },
  };
});

const ofCrashes = (files: Files): Collection => {
  const log = createCrashLog('/data/crashes', files);
  return {
    add: (number) => log.add(reportOf(ENGINE, number, `e${number}`), 'released'),
    async all() {
      const lines = (await log.of(ENGINE)).filter(({ detectedAtMs }) => detectedAtMs > 0);
      return lines.map(({ detectedAtMs }) => detectedAtMs);
    },
  };
};

/** So long that one of the next few crashes makes it begin anew. */
async function nearlyFull(files: Files): Promise<void> {
  await createCrashLog('/data/crashes', files).add(reportOf(ENGINE, 0, 'e0'), 'released');
  const [name = ''] = await files.list('/data/crashes');
  await files.append(`/data/crashes/${name}`, `${'x'.repeat(1024 * 1024 - 4_000)}\n`, 0o600);
}

const MANY = 1_000;

const claim: Subject = {
  name: 'whose a data folder is',
  begin() {
    let isClaimed = false;
    const own = async (files: Files) => claimFolder('/var/lib/relight', 'one', files);
    return {
      open: (files: Files): Life => ({
        async look() {
          if (isClaimed) await assert.rejects(claimFolder('/var/lib/relight', 'two', files));
          await own(files);
          isClaimed = true;
        },
        next: () => ({
          what: 'write beside it',
          run: () => makeFolders('/var/lib/relight/fence', files),
        }),
      }),
    };
  },
};

export const COLLECTED: readonly Subject[] = [
  shadows,
  collection('crash log', MANY, ofCrashes),
  collection('crash log that begins anew', MANY, ofCrashes, nearlyFull),
  claim,
];
