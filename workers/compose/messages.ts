/** The keys of messages that configuration names, and whose they are. */
import { join } from 'node:path';
import type { CodecServer } from '../../clients/temporal/codec-server/server.js';
import { makeCipherKey } from '../../clients/temporal/messages/cipher.js';
import { MessageKeyFault } from '../../clients/temporal/messages/fault.js';
import { openMessages, type Messages } from '../../clients/temporal/messages/index.js';
import { makeKeys, rotateKeys, type Owner } from '../../clients/temporal/messages/key-files.js';
import { readRing, type RingKey } from '../../clients/temporal/messages/key-ring.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';

export function messagesFolder({ dataDir, messages }: Config): string {
  return messages.folder ?? join(dataDir, 'keys', 'messages');
}

function ownerOf(config: Config, role: Owner['role']): Owner {
  return { role, host: role === 'host' ? config.host : null };
}

/** Fails with a ConfigError where a key is missing or must not be used. */
export function composeMessages(config: Config, role: Owner['role']): Messages {
  const folder = messagesFolder(config);
  const { encryption } = config.messages;
  return inWordsOfConfig(() => openMessages({ folder, encryption }, ownerOf(config, role)));
}

const ROLES = ['control', 'host', 'operator'] as const;

/** Of all roles where none is named: on one machine all are here. What is there already stays. */
export async function makeMessageKeys(config: Config, role?: Owner['role']): Promise<Owner[]> {
  const folder = messagesFolder(config);
  const owners = (role === undefined ? ROLES : [role]).map((each) => ownerOf(config, each));
  try {
    const made = await makeKeys(folder, owners, Date.now());
    if (config.messages.encryption) await makeCipherKey(folder);
    return made;
  } catch (error) {
    throw asConfigError(error);
  }
}

/** The key before stays believed. */
export async function rotateMessageKey(config: Config, role: Owner['role']): Promise<void> {
  try {
    await rotateKeys(messagesFolder(config), [ownerOf(config, role)], Date.now());
  } catch (error) {
    throw asConfigError(error);
  }
}

export function listKeys(config: Config): RingKey[] {
  return inWordsOfConfig(() => readRing(messagesFolder(config)) ?? []);
}

/** Decrypts for eyes. Fails with a ConfigError where nothing is encrypted, or the key cannot be used. */
export async function composeCodecServer(
  config: Config,
  options: { port: number; uiOrigin: string | null },
): Promise<CodecServer & { tokenFile: string }> {
  if (!config.messages.encryption) {
    throw new ConfigError('messages.encryption is off, so Temporal shows everything as it is');
  }
  const folder = messagesFolder(config);
  const { openCodecServer, tokenFile } =
    await import('../../clients/temporal/codec-server/index.js');
  try {
    return { ...(await openCodecServer(folder, options)), tokenFile: tokenFile(folder) };
  } catch (error) {
    throw asConfigError(error);
  }
}

function inWordsOfConfig<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asConfigError(error);
  }
}

function asConfigError(error: unknown): unknown {
  return error instanceof MessageKeyFault
    ? new ConfigError(`messages: ${error.message}`, { cause: error })
    : error;
}
