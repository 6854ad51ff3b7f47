/** A venue of which somebody else's orders stand in the open list, in ways that nobody understands. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Of an instrument that is not listed, in a state that no document has. */
const ODD_ROW = {
  symbol: 'STRANGEUSDT',
  orderId: 987_654_321,
  clientOrderId: 'somebody-7',
  status: 'HALF_OPEN',
  type: 'ENIGMA',
  side: 'BOTHWAYS',
};

export interface OddVenue {
  url: string;
  /** While it is, rows of others are added to what the venue lists as open. */
  isOdd: boolean;
  close(): Promise<void>;
}

/** Before the sandbox's venue of the same wire format as Binance. */
export async function openOddVenue(target: string): Promise<OddVenue> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      void passOn(request.method ?? 'GET', request.url ?? '/', Buffer.concat(parts)).then(
        ({ status, text }) => response.writeHead(status, JSON_TYPE).end(text),
        () => response.destroy(),
      );
    });
    const { 'x-mbx-apikey': key } = request.headers;
    const passOn = async (method: string, path: string, body: Buffer) => {
      const answer = await fetch(target + path, {
        method,
        headers: {
          ...(typeof key === 'string' && { 'x-mbx-apikey': key }),
          'content-type': request.headers['content-type'] ?? 'application/json',
        },
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const text = await answer.text();
      const isList = venue.isOdd && answer.ok && /\/openOrders\b/.test(path);
      return { status: answer.status, text: isList ? withOddRow(text) : text };
    };
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const venue: OddVenue = {
    url: `http://127.0.0.1:${port}`,
    isOdd: false,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return venue;
}

const JSON_TYPE = { 'content-type': 'application/json' };

function withOddRow(text: string): string {
  const rows = JSON.parse(text) as unknown[];
  return JSON.stringify([...rows, ODD_ROW]);
}
