/**
 * What lies between a kit's engine and the sandbox: a pipe that the engine takes for its exchange, and a network that
 * is slower than the engine. What is under way when the engine dies goes on to arrive, until it is cut.
 *
 * Invariants: each line is sent once and never again; what has not been sent when it is cut never arrives.
 */
import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { VenueAdmin } from '../../../sandbox/venues/admin-client.js';

/** At a time. */
const UNDER_WAY = 8;

export interface Gateway {
  /** What the engine sends from now on waits, of which so many lines are let through at `release`. */
  hold(): void;
  release(lines: number): void;
  /** The id of each line that the engine has sent, in that order. */
  sent: readonly string[];
  /** Nothing more arrives; resolves when what is at the venue's door has passed it. */
  cut(): Promise<void>;
  close(): void;
}

export function openGateway(pipe: string, admin: VenueAdmin): Gateway {
  execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK); // never at its end
  const socket = new Socket({ fd, readable: true, writable: false });
  const sent: string[] = [];
  const waiting: string[] = [];
  const passing = new Set<Promise<unknown>>();
  let [rest, isCut, allowed] = ['', false, Infinity];
  const next = async () => {
    const line = passing.size < UNDER_WAY && !isCut && allowed > 0 ? waiting.shift() : undefined;
    if (line === undefined) return;
    allowed -= 1;
    const placed = place(admin, line).catch(() => undefined); // refused: there never was such an order
    passing.add(placed);
    await placed;
    passing.delete(placed);
    void next();
  };
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      sent.push(line.slice(0, line.indexOf(' ')));
      waiting.push(line);
      void next();
    }
  });
  return {
    sent,
    hold: () => void (allowed = 0),
    release: (lines) => {
      allowed = lines;
      for (let at = 0; at < Math.min(lines, UNDER_WAY); at += 1) void next();
    },
    cut: async () => {
      isCut = true;
      await Promise.all(passing);
    },
    close: () => void socket.destroy(),
  };
}

async function place(admin: VenueAdmin, line: string) {
  const [clientOrderId = '', instrument = '', side, quantity = '', price = ''] = line.split(' ');
  const order = {
    instrument,
    side: side as 'buy' | 'sell',
    quantity,
    price,
    type: 'limit',
  } as const;
  return admin.placeOrder({ venue: 'binance', clientOrderId, ...order });
}
