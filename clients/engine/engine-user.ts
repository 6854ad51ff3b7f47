/**
 * The user that an engine runs as. An engine that is the agent's user may read what the agent may:
 * keys, evidence, other engines; it may remove its own kill switch.
 *
 * Invariants: only root hands a process to another user, and never to root; a name that is no user of
 * this host is a failure, never "then as ourselves".
 */
import { readFileSync } from 'node:fs';
import { failure } from '../../workflows/failure.js';

export interface EngineUser {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

/** A name, or the number of a user, who need not have a name. */
export type UserSetting = string | number;

/** To whom its processes are handed; null where they stay the user's that we are. */
export function engineUserOf(engineId: string, wanted: UserSetting | null): EngineUser | null {
  if (wanted === null) return null;
  const field = `engines.${engineId}.control.user`;
  const user = findUser(wanted, readFileSync('/etc/passwd', 'utf8'));
  if (user === null) {
    const remedy = `create it ("useradd --system ${wanted}"), or correct the name`;
    throw failure(
      'ConfigurationInvalid',
      `${field}: "${wanted}" is no user of this host: ${remedy}`,
    );
  }
  if (user.uid === 0) {
    const why = 'is root, from whom nothing can be kept: name a user of the engine alone';
    throw failure('ConfigurationInvalid', `${field}: "${wanted}" ${why}`);
  }
  const own = process.getuid?.() ?? 0;
  if (own === user.uid) return null;
  if (own === 0) return user;
  throw failure(
    'ConfigurationInvalid',
    `${field}: only root can start it as "${wanted}", and this agent runs as uid ${own}: run the ` +
      'agent as root, or let a service of its own start the engine and take the setting out',
  );
}

/** Null where a name stands for nobody; a number without a name is its own group's, too. */
export function findUser(wanted: UserSetting, passwd: string): EngineUser | null {
  const users = passwd.split('\n').flatMap(userIn);
  const known = users.find(({ name, uid }) => (typeof wanted === 'string' ? name : uid) === wanted);
  if (known !== undefined || typeof wanted === 'string') return known ?? null;
  return { name: String(wanted), uid: wanted, gid: wanted, home: '/' };
}

function userIn(line: string): EngineUser[] {
  const [name = '', , uid = '', gid = '', , home = '/'] = line.split(':');
  if (name === '' || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
  return [{ name, uid: Number(uid), gid: Number(gid), home }];
}
