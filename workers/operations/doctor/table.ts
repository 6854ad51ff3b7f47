/** Every check, in the order in which it is told. */
import { capabilities } from './capabilities.js';
import { channels } from './channels.js';
import { engines, secrets, settings } from './configuration.js';
import { coreLimit, corePattern } from './cores.js';
import { checkpoint, process } from './engine.js';
import { debuggerHere, freeSpace, kernelEvents, kernelLog, privateFoldersHere } from './host.js';
import { messageKeys } from './message-keys.js';
import type { Check } from './part.js';
import { folders, logs, programs } from './paths.js';
import { gates } from './people.js';
import { agent, namespace, searchAttributes, server, worker } from './temporal.js';
import { clock, keyRights, prices, reading } from './venues.js';

export const CHECKS: readonly Check[] = [
  engines,
  settings,
  secrets,
  privateFoldersHere,
  messageKeys,
  freeSpace,
  debuggerHere,
  kernelLog,
  kernelEvents,
  process,
  checkpoint,
  capabilities,
  corePattern,
  coreLimit,
  programs,
  folders,
  logs,
  reading,
  keyRights,
  clock,
  prices,
  gates,
  channels,
  server,
  namespace,
  searchAttributes,
  worker,
  agent,
];
