/** A control over HTTP: of a real engine of the sandbox, or of a server that answers as it is told to. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createHttpControl } from '../../../clients/engine/http-control.js';
import type { HttpOffer } from '../../../workflows/domain/engine/control.js';
import { ENGINE_ID, type Rig } from '../../sandbox/engine/rig.js';

interface Overrides {
  token?: string;
  timeoutMs?: number;
  offers?: readonly HttpOffer[];
}

export function controlAt(url: string, overrides: Overrides = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-control-'));
  rmSync(folder, { recursive: true });
  const launch = {
    engineId: ENGINE_ID,
    start: ['true'],
    workingFolder: folder,
    logFile: join(folder, 'log'),
    environment: {},
  };
  return createHttpControl({ url, token: null, timeoutMs: 5_000, launch, ...overrides });
}

export function urlOf({ dataDir }: Rig): string {
  const { controlPort } = JSON.parse(readFileSync(join(dataDir, 'engine.json'), 'utf8')) as {
    controlPort: number;
  };
  return `http://127.0.0.1:${controlPort}`;
}

export async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const answer = (t: TestContext, status: number, body: string) =>
  serve(t, (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
