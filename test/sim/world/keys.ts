/**
 * Keys of messages, made and opened once by a process that simulates: they are who says something, and no world
 * changes them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Messages } from '../../../clients/temporal/messages/index.js';
import { testKeys, type TestKeys } from '../../workflows/fakes/keys.js';

const HOSTS = ['host-1', 'host-2'] as const;

/** Of the control plane, an operator and both hosts; asked for before the time of a world begins. */
export async function keysOfWorlds(): Promise<TestKeys> {
  made ??= make();
  return made;
}

let made: Promise<TestKeys> | null = null;

async function make(): Promise<TestKeys> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-sim-keys-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const keys = await testKeys(join(folder, 'keys'), { hosts: HOSTS, encryption: false });
  const opened = new Map<string, Messages>();
  return {
    folder: keys.folder,
    of: (role, host) => {
      const name = `${role} ${host ?? ''}`;
      const messages = opened.get(name) ?? keys.of(role, host);
      opened.set(name, messages);
      return messages;
    },
  };
}
