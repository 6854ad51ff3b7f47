/**
 * The texts of one crash's evidence.
 *
 * Invariants: no secret is in one; only the agent's user may enter the folder and read them; all together
 * are within the bound; what holds nothing is not evidence; no text keeps the agent from looking at its engines.
 */
import { chmod, lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { printableLines } from '../../../workflows/domain/content/printable.js';
import { knownSecrets } from '../../../workflows/domain/content/secrets/known.js';
import {
  longTextWithoutKnown,
  longTextWithoutSecrets,
  textWithoutSecrets,
} from '../../../workflows/domain/content/without-secrets.js';
import type { EvidenceItem } from '../../../workflows/domain/crash/evidence.js';
import { writeAtomically } from '../../files/atomic.js';
import { disk } from '../../files/disk.js';
import { makeOwnFolders } from '../../files/folders.js';
import { missing } from './collectors/collector.js';
import { cutTo, hasOwnShare, PART_OF_OTHERS, shareOf } from './shares.js';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;
/** Looked through for secrets before it is cut: more than its share, so that none is cut in two. */
const LOOKED_THROUGH = 2;
const LEAST_ROOM = 1_024;
const CORE = 'core.dump';

export interface TextSettings {
  /** Values that are secret, wherever they stand. */
  secrets: readonly string[];
  evidenceBytes: number;
}

export interface Texts {
  /** What an engine, a program or the kernel has written. */
  add: (name: string, content: string) => Promise<EvidenceItem>;
  /** What Relight has: its ids and hashes stay what they are. */
  addOwn(name: string, content: string): Promise<EvidenceItem>;
  /** A sentence that may quote somebody. */
  told(words: string): string;
}

export function openTexts(folder: string, { secrets, evidenceBytes }: TextSettings): Texts {
  const known = knownSecrets(secrets);
  const oneAtATime = pLimit(1); // each counts what the others have taken
  const write = (name: string, content: string, clean: Clean) =>
    oneAtATime(() => writeText({ folder, name, evidenceBytes }, content, clean));
  return {
    add: (name, content) =>
      write(name, content, (text) => longTextWithoutSecrets(text, known, turn)),
    addOwn: (name, content) =>
      write(name, content, (text) => longTextWithoutKnown(text, known, turn)),
    told: (words) => printableLines(textWithoutSecrets(words, known)),
  };
}

type Clean = (text: string) => Promise<string>;

async function writeText(
  { folder, name, evidenceBytes }: { folder: string; name: string; evidenceBytes: number },
  content: string,
  clean: Clean,
): Promise<EvidenceItem> {
  if (content.trim() === '') return missing(name, 'nothing was found');
  const { part, keeps } = shareOf(name);
  const left = hasOwnShare(name)
    ? evidenceBytes
    : evidenceBytes * PART_OF_OTHERS - (await bytesOfOthers(folder, name));
  const room = Math.floor(Math.min(evidenceBytes * part, left));
  if (room < LEAST_ROOM) {
    return missing(name, 'no room: others took their part of forensics.evidenceBytes');
  }
  const before = cutTo(content, room * LOOKED_THROUGH, keeps);
  const { text, leftOut } = cutTo(await clean(before.text), room, keeps);
  await writeAtomically(join(folder, name), text, disk, FILE_MODE);
  const cut = leftOut + before.leftOut;
  const bytes = `${Buffer.byteLength(text)} bytes`;
  const detail = cut === 0 ? bytes : `${bytes}: its ${keeps}, ${cut} more are left out`;
  return { name, collected: true, detail };
}

async function bytesOfOthers(folder: string, name: string): Promise<number> {
  const names = (await readdir(folder)).filter(
    (one) => one !== name && !hasOwnShare(one) && !one.startsWith(CORE),
  );
  const found = await Promise.all(names.map((one) => lstat(join(folder, one)).catch(() => null)));
  return found.reduce((sum, stats) => sum + (stats?.size ?? 0), 0);
}

/** Makes the folder of a crash within that of its incident, and closes what stood open to others. */
export async function makeClosed(folder: string): Promise<void> {
  await makeOwnFolders(folder, disk, FOLDER_MODE);
  for (const path of [dirname(folder), folder]) {
    const { mode } = await lstat(path);
    if ((mode & OTHERS) !== 0) await chmod(path, FOLDER_MODE);
  }
}
