/**
 * Socket Mode: clicks come over a WebSocket that we open, so that nothing listens on this machine.
 *
 * Invariants: an envelope is acknowledged before anything is made of it; the connection is opened anew
 * whenever it ends, is asked to end, or is silent; trouble is told without an address, and ends nothing.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createCalls } from '../calls.js';
import type { SettingsOf } from '../settings.js';
import { createSlackApi } from './api.js';
import { viewFor } from './answer.js';

const LONGEST_ENVELOPE = 1024 * 1024;
/** Slack pings every few seconds. */
const SILENT_MS = 60_000;
const PAUSE_MS = { first: 500, most: 60_000 };

const Opened = z.object({ url: z.url({ protocol: /^wss?$/ }) });
const Envelope = z.object({
  type: z.string(),
  envelope_id: z.string().optional(),
  payload: z.unknown().optional(),
});

export interface SocketOptions {
  signal: AbortSignal;
  onTrouble: (why: string) => void;
}

/** Until it is aborted; does nothing where no app token is set. */
export async function keepSocket(
  settings: SettingsOf<'slack'>,
  { signal, onTrouble }: SocketOptions,
): Promise<void> {
  const { name, url, token, appToken, timeoutMs } = settings;
  if (appToken === null) return;
  const call = createCalls({ name, timeoutMs });
  const opening = createSlackApi({ name, url, token: appToken, call });
  const api = createSlackApi({ name, url, token, call });
  const show = (payload: unknown) => {
    const view = viewFor(payload);
    if (view === null) return;
    void api.call('views.open', view, z.unknown()).catch((error: unknown) => {
      onTrouble(wordsOf(error));
    });
  };
  let pauseMs = PAUSE_MS.first;
  while (!signal.aborted) {
    try {
      const { url: address } = await opening.call('apps.connections.open', {}, Opened);
      refuseUnlessSafe(url, address);
      await serve(new WebSocket(address, { maxPayload: LONGEST_ENVELOPE }), show, signal);
      pauseMs = PAUSE_MS.first;
    } catch (error) {
      onTrouble(wordsOf(error));
      pauseMs = Math.min(PAUSE_MS.most, pauseMs * 2);
    }
    await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** What is asked by https is not answered in the clear. */
function refuseUnlessSafe(url: string, address: string): void {
  if (url.startsWith('https:') && !address.startsWith('wss:'))
    throw new Error('it is not encrypted');
}

/** Resolves when the connection has ended. */
async function serve(
  socket: WebSocket,
  onClick: (payload: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = () => socket.terminate();
  const silence = setTimeout(end, SILENT_MS).unref();
  signal.addEventListener('abort', end, { once: true });
  socket.on('ping', () => silence.refresh());
  // `once` hears the first: another, of a connection that is ending, would end the worker.
  socket.on('error', end);
  socket.on('message', (data: Buffer) => {
    silence.refresh();
    const envelope = envelopeOf(data);
    if (envelope === null) return;
    const { envelope_id, type, payload } = envelope;
    if (envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id }));
    if (type === 'disconnect') socket.close();
    if (type === 'interactive') onClick(payload);
  });
  try {
    await once(socket, 'close');
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', end);
  }
}

function envelopeOf(data: Buffer): z.infer<typeof Envelope> | null {
  try {
    return Envelope.parse(JSON.parse(data.toString()));
  } catch {
    return null;
  }
}

/** Without addresses and tickets. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const isOurs = ['ApplicationFailure', 'SlackRefused'].includes(error.name);
  return isOurs ? error.message : ((error as NodeJS.ErrnoException).code ?? error.name);
}
