/** Keys of messages for a test: of the control plane, of one host, and of an operator, all in one folder. */
import { makeCipherKey } from '../../../clients/temporal/messages/cipher.js';
import { makeKeys, type Owner } from '../../../clients/temporal/messages/key-files.js';
import { openMessages, type Messages } from '../../../clients/temporal/messages/index.js';

export interface TestKeys {
  folder: string;
  /** The messages of one of them. */
  of(role: Owner['role'], host?: string): Messages;
}

/** `hosts`: each has a key. */
export async function makeTestKeys(folder: string, ...hosts: string[]): Promise<TestKeys> {
  return testKeys(folder, { hosts, encryption: false });
}

export async function testKeys(
  folder: string,
  { hosts, encryption }: { hosts: readonly string[]; encryption: boolean },
): Promise<TestKeys> {
  const owners: Owner[] = [
    { role: 'control', host: null },
    { role: 'operator', host: null },
    ...hosts.map((host): Owner => ({ role: 'host', host })),
  ];
  await makeKeys(folder, owners, Date.now());
  if (encryption) await makeCipherKey(folder);
  return {
    folder,
    of: (role, host) => openMessages({ folder, encryption }, { role, host: host ?? null }),
  };
}
