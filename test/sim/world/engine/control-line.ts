/**
 * The way from activities to the control surface of the engine on their host: the product's own HTTP client, over a
 * `fetch` that reaches the engine's routes in this process.
 *
 * Invariants: where nobody listens the connection is refused; who hangs answers nothing until they are woken; who dies
 * with a request in hand breaks it off, and what it has done stays done.
 */
import type { EngineControl } from '../../../../activities/ports.js';
import { createHttpControl } from '../../../../clients/engine/http-control.js';
import { EPOCH_HEADER, IDEMPOTENCY_HEADER } from '../../../../workflows/domain/engine/control.js';
import type { Random } from '../../time/random.js';
import { ENGINE_ID, type EngineLife, type EngineProcesses } from './processes.js';

const TIMEOUT_MS = 3_000;

/** A write as the engine was given it. */
export interface ControlCall {
  atMs: number;
  instanceId: string;
  path: string;
  epoch: number;
  key: string;
  body: unknown;
  status: number;
}

interface Line {
  processes: EngineProcesses;
  random: Random;
  calls: ControlCall[];
  /** Asked of each request; a fault stands here. `lost`: it never arrives; `unanswered`: it does. */
  troubleOf: (path: string) => 'lost' | 'unanswered' | null;
  /** Seen before it is done. */
  onWrite: (path: string, body: unknown, life: EngineLife) => void;
}

const lines = new Map<string, Line>();

/** How this process reaches an engine: by the name of its host. */
export function openLine(host: string, line: Line): void {
  lines.set(`engine.${host}`, line);
}

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const line = lines.get(url.hostname);
  if (line === undefined) throw refused('ENOTFOUND');
  return exchange(line, url, init ?? {});
};

export function controlOf(
  host: string,
  { processes, hidesExposure }: { processes: EngineProcesses; hidesExposure: boolean },
): EngineControl {
  const nobody = { engineId: ENGINE_ID, start: null, workingFolder: '/', environment: {} };
  return {
    ...createHttpControl({
      url: `http://engine.${host}/`,
      token: null,
      timeoutMs: TIMEOUT_MS,
      launch: { ...nobody, logFile: null },
      offers: hidesExposure ? [] : ['exposure'],
    }),
    start: async ({ statePath, epoch, instanceId }) => {
      processes.spawn({ statePath, epoch, instanceId, trading: false });
    },
    ending: async (instanceId) => processes.endingOf(instanceId),
  };
}

async function exchange(line: Line, url: URL, init: RequestInit): Promise<Response> {
  const aborted = new Promise<never>((_, reject) => {
    init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
  });
  aborted.catch(() => undefined);
  const trouble = line.troubleOf(url.pathname);
  if (trouble === 'lost') return aborted;
  const answer = await Promise.race([answered(line, url, init), aborted]);
  return trouble === 'unanswered' ? aborted : answer;
}

async function answered(line: Line, url: URL, init: RequestInit): Promise<Response> {
  await way(line);
  const engine = line.processes.listening;
  if (engine === null) throw refused('ECONNREFUSED');
  const broken = new Promise<never>((_, reject) => {
    engine.life.onDeath(() => reject(refused('ECONNRESET')));
  });
  broken.catch(() => undefined);
  const { status, text, after } = await Promise.race([served(line, engine, { url, init }), broken]);
  await Promise.race([way(line), broken]);
  after?.();
  return responseOf(status, text);
}

async function served(
  { calls, onWrite }: Line,
  engine: EngineLife,
  { url, init }: { url: URL; init: RequestInit },
) {
  await engine.life.passes();
  const { method = 'GET' } = init;
  const path = url.pathname;
  const route = engine.routes?.find((one) => one.method === method && one.path === path);
  if (route === undefined) return { status: 404, text: '{"error":"not_found","message":""}' };
  const headers = Object.fromEntries(new Headers(init.headers).entries());
  const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
  if (method === 'POST') onWrite(path, body, engine);
  const { status, body: said, after } = await route.answer({ headers, body });
  await engine.life.passes();
  if (method === 'POST') {
    const epoch = Number(headers[EPOCH_HEADER]);
    const key = headers[IDEMPOTENCY_HEADER] ?? '';
    const { instanceId } = engine;
    calls.push({ atMs: Date.now(), instanceId, path, epoch, key, body, status });
  }
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return { status, text, ...(after !== undefined && { after }) };
}

async function way({ random }: Line): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random.between(1, 5)));
}

/** As node's own fetch has it. */
function refused(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

/** What the client reads of a response, without a stream that would take turns of the real loop. */
function responseOf(status: number, text: string): Response {
  const ok = status >= 200 && status < 300;
  const parts = async function* () {
    yield Buffer.from(text);
  };
  return { status, ok, headers: new Headers(), body: parts() } as unknown as Response;
}
