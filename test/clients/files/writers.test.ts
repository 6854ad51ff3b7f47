/** Whoever writes, what cannot be written says where, on which machine, and what helps. */
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKeyFile } from '../../../clients/cli/actions/keys.js';
import { claimSocket } from '../../../clients/detector/sources/socket-claim.js';
import { makeFolderOf } from '../../../clients/engine/launch.js';
import { disk } from '../../../clients/files/disk.js';
import { makeFolders, makeOwnFolders } from '../../../clients/files/folders.js';
import { makeClosed } from '../../../clients/host/forensics/texts.js';
import { keepPrivate } from '../../../clients/host/private-folders.js';
import {
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { makeKeys } from '../../../clients/temporal/messages/key-files.js';

/** Where nothing can be made, by root either. */
const CLOSED = '/sys/kernel/relight-test';
const SAID = new RegExp(
  String.raw`(?:/sys/kernel\S*) on ${hostname()} cannot be written \((?:EACCES|EPERM|EROFS): .+\): \w.+`,
);

const WRITERS: Record<string, () => unknown> = {
  'a folder of ours': () => makeFolders(CLOSED, disk),
  'a data folder': () => makeOwnFolders(CLOSED, disk),
  'private folders': () => keepPrivate(CLOSED),
  'evidence of a crash': () => makeClosed(join(CLOSED, 'crash')),
  'a folder of the engine': () => makeFolderOf(CLOSED, null),
  'a liveness socket': () => claimSocket(join(CLOSED, 'engine.sock')),
  "an approver's key": () => createKeyFile(`${CLOSED}.key`),
  'keys of messages': () => makeKeys(CLOSED, [{ role: 'operator', host: null }], 0),
  "Temporal's data": () =>
    startEmbeddedTemporal({ dataDir: CLOSED, cliPath: '/bin/false', searchAttributes: {} }),
  "Temporal's program": () =>
    findTemporalCli({ env: { PATH: '' }, cacheDir: CLOSED, onProgress: () => undefined }),
  'a file to remove': () => disk.remove('/sys/kernel/notes'),
};

for (const [what, write] of Object.entries(WRITERS)) {
  test(`${what}: what cannot be written says where, on which machine and what helps`, async () => {
    await assert.rejects(async () => write(), SAID);
  });
}
