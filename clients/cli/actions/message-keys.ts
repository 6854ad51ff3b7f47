/** `relight keys messages`: the keys by which parts of Relight know each other. */
import type { MessageKeys, MessageRole } from '../operations.js';
import { EXIT, print, printJson, printLine, sayLine } from '../output.js';
import { table } from '../tables/text.js';
import { UsageError } from '../usage-error.js';

const ROLES = ['control', 'host', 'operator'] as const;

/** Of all roles where none is named. */
export async function makeMessageKeys(keys: MessageKeys, role?: string): Promise<number> {
  const made = await keys.make(role === undefined ? null : roleOf(role));
  if (made.length === 0) printLine(`All keys are there, in ${keys.folder}`);
  for (const { role, host } of made) printLine(`made ${whose(role, host)}`);
  return EXIT.done;
}

export async function rotateMessageKey(keys: MessageKeys, role: string): Promise<number> {
  const known = roleOf(role);
  await keys.rotate(known);
  printLine(
    `${known} has a new key. Start again what uses it; what the old one signed is still believed.`,
  );
  sayLine(
    `Once nothing of the old key is under way, at once if it was stolen, take it out of the ring in ${keys.folder}`,
  );
  return EXIT.done;
}

export async function listMessageKeys(
  keys: MessageKeys,
  { json }: { json?: boolean },
): Promise<number> {
  const all = await keys.list();
  if (json === true) printJson(all);
  else if (all.length === 0) printLine('No key yet. Make them with: relight keys messages make');
  else {
    const rows = all.map(({ id, role, host, status }) => [id, whose(role, host), status]);
    print(table(['key', 'of', 'status'], rows));
  }
  return EXIT.done;
}

function roleOf(role: string): MessageRole {
  const known = ROLES.find((name) => name === role);
  if (known === undefined) throw new UsageError(`"${role}" is no role: ${ROLES.join(', ')}`);
  return known;
}

function whose(role: string, host: string | null): string {
  return host === null ? role : `${role} "${host}"`;
}
