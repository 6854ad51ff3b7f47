/**
 * A receiver of signed notices: `RELIGHT_SECRET=... node webhook-receiver.mjs 8080`.
 *
 * It refuses what is not signed, is old, or was changed, and takes each notice once.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const OLD_SECONDS = 300;
const MOST_BYTES = 1024 * 1024;

/** `body`: the bytes as they came, before anything has parsed them. */
export function isSigned(secret, headers, body, nowMs = Date.now()) {
  const seconds = String(headers['relight-timestamp'] ?? '');
  const given = String(headers['relight-signature'] ?? '');
  const digest = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  const expected = Buffer.from(`v1=${digest}`);
  const isOurs = given.length === expected.length && timingSafeEqual(Buffer.from(given), expected);
  return isOurs && Math.abs(nowMs / 1_000 - Number(seconds)) <= OLD_SECONDS;
}

function serve(secret, port) {
  const seen = new Set(); // yours should outlive a restart
  createServer((request, response) => void take(request, response)).listen(port, '127.0.0.1');
  async function take(request, response) {
    const chunks = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) return response.writeHead(413).end();
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    if (!isSigned(secret, request.headers, body)) return response.writeHead(401).end();
    const key = request.headers['idempotency-key'];
    if (!seen.has(key)) process.stdout.write(`${JSON.parse(body).title}\n`);
    seen.add(key);
    response.writeHead(204).end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  serve(process.env['RELIGHT_SECRET'], Number(process.argv[2]));
}
