/**
 * Showing that the engine lives, over the socket and in the heartbeat file.
 *
 * Invariants: an absent detector never disturbs trading; a connection begins with hello; goodbye is
 * said on planned stops only. See docs/liveness.md.
 */
import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import {
  HEARTBEAT_RECORD_BYTES,
  encodeHeartbeat,
  type Hello,
  type LivenessMessage,
} from '../../workflows/domain/engine/liveness.js';

const BEAT_MS = 1000;
const RECONNECT_MS = 200;
const GOODBYE_MS = 500;

export interface LivenessOptions {
  socketPath: string;
  heartbeatFile: string;
  hello: Hello;
}

export class Liveness {
  readonly #options: LivenessOptions;
  readonly #file: number;
  #socket: Socket | null = null;
  /** Exchanges that are lost, by since when on the clock that no step moves. */
  readonly #lost = new Map<string, number>();
  #beat = 0;
  #beatTimer: NodeJS.Timeout | undefined;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: LivenessOptions) {
    this.#options = options;
    mkdirSync(dirname(options.heartbeatFile), { recursive: true });
    this.#file = openSync(options.heartbeatFile, constants.O_RDWR | constants.O_CREAT, 0o644);
  }

  start(): void {
    this.#connect();
    this.#tick();
    this.#beatTimer = setInterval(() => this.#tick(), BEAT_MS);
  }

  /** Resolves when the detector has the goodbye, or cannot get it. */
  async goodbye(reason: string): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#beatTimer);
    clearTimeout(this.#reconnectTimer);
    const socket = this.#socket;
    if (socket !== null && !socket.connecting) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, GOODBYE_MS).unref();
        socket.end(line({ type: 'goodbye', reason }), resolve);
      });
    }
    closeSync(this.#file);
  }

  /** Said at once, and again after each hello while it is lost. */
  connection(venue: string, state: 'lost' | 'restored'): void {
    if (state === 'lost') {
      if (!this.#lost.has(venue)) this.#lost.set(venue, performance.now());
      return this.#tellLost(venue);
    }
    this.#lost.delete(venue);
    this.#say({ type: 'connection', venue, state });
  }

  #tellLost(venue: string): void {
    const forMs = Math.floor(performance.now() - (this.#lost.get(venue) ?? 0));
    this.#say({ type: 'connection', venue, state: 'lost', forMs });
  }

  #say(message: LivenessMessage): void {
    const socket = this.#socket;
    if (socket === null || socket.connecting) return;
    socket.write(line(message));
  }

  #connect(): void {
    const socket = connect(this.#options.socketPath);
    this.#socket = socket;
    socket.once('connect', () => {
      socket.write(line(this.#options.hello));
      for (const venue of this.#lost.keys()) this.#tellLost(venue);
    });
    // The detector sends nothing, but unread data would hold back the end of the stream.
    socket.resume();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#reconnect());
  }

  #reconnect(): void {
    this.#socket = null;
    if (this.#stopped) return;
    this.#reconnectTimer = setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  #tick(): void {
    this.#beat += 1;
    const { pid, startTicks, epoch } = this.#options.hello;
    const monotonicMs = Number(process.hrtime.bigint() / 1_000_000n);
    const record = { pid, startTicks, epoch, timestampMs: Date.now(), monotonicMs };
    writeSync(this.#file, encodeHeartbeat(record, this.#beat), 0, HEARTBEAT_RECORD_BYTES, 0);
    this.#say({ type: 'heartbeat', sequence: this.#beat });
  }
}

function line(message: LivenessMessage): string {
  return `${JSON.stringify(message)}\n`;
}
