/**
 * `relight init`: a first configuration, from flags or from a person at the terminal.
 *
 * Invariant: no secret is asked for, shown or written: only where each will be found.
 */
import { unlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Beginning, InitAnswers } from '../../answers/init.js';
import { EXIT, printLine, sayLine } from '../../output.js';
import { createKeyFile, publicSshKey } from '../keys.js';
import { openAsking, type Asking } from './asking.js';
import { controlOf, foundProcess, startOf, watchOf } from './engine.js';
import type { Given, InitOptions } from './options.js';
import { venuesOf } from './venues.js';

export async function init(
  beginning: Beginning,
  configFile: string | undefined,
  options: InitOptions,
): Promise<number> {
  const path = beginning.pathFor(configFile);
  const asking = openAsking({ yes: options.yes === true });
  try {
    const given = { options, folder: dirname(path) };
    const { madeKey, ...answers } = await answersOf(beginning, asking, given);
    const { missing } = await writeWith(beginning, path, { answers, madeKey });
    tellNext(path, { ...answers, madeKey }, missing);
    return EXIT.done;
  } finally {
    asking.close();
  }
}

/** A configuration that is refused leaves no key behind, so that the next try can make it. */
async function writeWith(
  beginning: Beginning,
  path: string,
  { answers, madeKey }: { answers: InitAnswers; madeKey: string | null },
): Promise<{ missing: string[] }> {
  try {
    return await beginning.write(path, answers);
  } catch (error) {
    if (madeKey !== null) unlinkSync(madeKey);
    throw error;
  }
}

/** `madeKey`: the file of a private key that was made for it; null where none was. */
type Answered = InitAnswers & { madeKey: string | null };

async function answersOf(beginning: Beginning, asking: Asking, given: Given): Promise<Answered> {
  const { options, folder } = given;
  const engineId = await asking.answer({
    flag: '--engine',
    given: options.engine,
    text: 'Name of the engine',
    otherwise: 'engine',
    refuses: (name) => (/^[a-z0-9][a-z0-9-]*$/.test(name) ? null : 'write a-z, 0-9 and "-"'),
  });
  const found = await foundProcess(beginning, asking, options, engineId);
  const watch = await watchOf(asking, options, found);
  const venues = await venuesOf(beginning, asking, options);
  const prefix = await asking.answer({
    flag: '--prefix',
    given: options.prefix,
    text: 'How the client order ids of its orders begin',
    otherwise: `${engineId}-`,
  });
  const control = await controlOf(asking, options, folder);
  const start = await startOf(asking, given, control, found);
  const workingFolder = options.workingFolder ?? (found?.cwd || folder);
  const executable = options.executable ?? (found?.executable || start[0] || '');
  return {
    engineId,
    venues,
    prefix,
    watch,
    control,
    start,
    startReturns: options.startReturns === true || (control.by === 'scripts' && !options.start),
    workingFolder: resolve(folder, workingFolder),
    executable,
    ...(await approverOf(asking, given)),
  };
}

async function approverOf(
  asking: Asking,
  { options, folder }: Given,
): Promise<Pick<Answered, 'approver' | 'madeKey'>> {
  const name = await asking.answer({
    flag: '--approver',
    given: options.approver,
    text: 'Who answers the questions of a recovery: your name',
    otherwise: userInfo().username,
  });
  const ssh = await asking.answer({
    flag: '--ssh-public-key',
    given: options.sshPublicKey ?? (options.approverKey === undefined ? undefined : ''),
    text: 'Your SSH public key, a .pub file (none: a new key is made)',
    otherwise: '',
  });
  if (ssh !== '') {
    const key = { ssh: publicSshKey(resolve(folder, ssh)) };
    return { approver: { name, key }, madeKey: null };
  }
  const file = resolve(folder, options.approverKey ?? `${name}.key`);
  const { publicKey } = createKeyFile(file);
  sayLine(`made the key of ${name}: ${file} (keep it to yourself: it signs answers)`);
  return { approver: { name, key: { ed25519: publicKey } }, madeKey: file };
}

/** Three lines. */
function tellNext(
  path: string,
  { engineId, approver, madeKey }: Answered,
  missing: readonly string[],
): void {
  printLine(`written: ${path}`);
  for (const one of missing) sayLine(`NOT THERE YET: ${one}`);
  printLine('next:');
  printLine(`  npx relight doctor --config ${path}   what is still missing, and what to do`);
  printLine(`  npx relight up --config ${path}   in a terminal of its own: watches ${engineId}`);
  const key = madeKey === null ? '--ssh-key FILE' : `--key ${madeKey}`;
  printLine(
    `  npx relight drill ${engineId} --kill --reason "first drill" --as ${approver?.name ?? 'NAME'} ${key} --config ${path}   kills it once, and brings it back`,
  );
}
