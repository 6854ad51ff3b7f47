/**
 * What the control surface answers, as docs/engine-control.openapi.yaml says, whoever carries it over the wire.
 *
 * Invariants: every answer has the shape of a published schema; every write goes through
 * ControlWrites; one that trades is told nothing of what it holds; nothing is answered before the engine is ready.
 */
import type { z } from 'zod';
import { Order, stateDigest } from '../../../workflows/domain/books/state.js';
import { PositionUpdate } from '../../../workflows/domain/engine/control.js';
import {
  LimitsRequest,
  ShutdownRequest,
  StrategiesRequest,
  SyncRequest,
  type ShutdownMode,
} from './schemas.js';
import { ControlWrites, refuse, type Answer, type WriteRequest } from './writes.js';
import { DieRequest, type Death } from '../dying.js';
import type { Engine } from '../engine.js';
import { comprehensiveHealth, quickHealth } from './health.js';
import { describeError } from '../log.js';
import { metricsText } from './metrics.js';

export interface ControlParts {
  engine: Engine;
  onShutdown: (mode: ShutdownMode) => void;
  onDie: (how: Death) => void;
}

/** A text goes out as it is, all else as JSON. */
export interface RouteAnswer extends Answer {
  /** Done when the answer is away, or its client. */
  after?: () => void;
}

type Asked = Pick<WriteRequest, 'headers' | 'body'>;

export interface ControlRoute {
  method: 'GET' | 'POST';
  path: string;
  /** Never fails. */
  answer: (asked: Asked) => Promise<RouteAnswer>;
}

export function controlRoutes(parts: ControlParts): ControlRoute[] {
  const { engine, onDie } = parts;
  const writes = new ControlWrites(engine.options.epoch);
  const die = async ({ body }: Asked): Promise<RouteAnswer> => {
    const asked = DieRequest.safeParse(body);
    if (!asked.success) return refuse('invalid', 'how is not a known death');
    return { status: 200, body: asked.data, after: () => onDie(asked.data.how) };
  };
  const routes: ControlRoute[] = [
    ...readsOf(engine),
    ...steeringOf(parts, writes),
    ...entriesOf(engine, writes),
    { method: 'POST', path: '/sandbox/die', answer: die },
  ];
  return routes.map((route) => ({ ...route, answer: (asked) => answered(engine, route, asked) }));
}

async function answered(
  engine: Engine,
  { answer }: ControlRoute,
  asked: Asked,
): Promise<RouteAnswer> {
  await engine.ready;
  return answer(asked).catch((error: unknown) => failed(engine, error));
}

export function failed(engine: Engine, error: unknown): Answer {
  const { name, message } = describeError(error);
  engine.log.warn({ error: { name, message } }, 'control request failed');
  const refusal = refuse('invalid', message);
  const ours = ((error as { statusCode?: number }).statusCode ?? 500) >= 500;
  return ours ? { ...refusal, status: 500 } : refusal;
}

function readsOf(engine: Engine): ControlRoute[] {
  const { book, checkpoints } = engine;
  const get = (path: string, read: () => unknown): ControlRoute => ({
    method: 'GET',
    path,
    answer: async () => ({ status: 200, body: await read() }),
  });
  return [
    get('/health/quick', () => quickHealth(engine)),
    get('/health/comprehensive', async () => comprehensiveHealth(engine)),
    get('/state', () => ({ sequence: checkpoints.sequence, state: book.snapshot() })),
    get('/state/digest', () => digestAnswer(engine)),
    get('/risk/limits', () => riskLimits(engine)),
    { method: 'GET', path: '/risk/exposure', answer: async () => exposureOf(engine) },
    get('/metrics', () => metricsText(engine)),
  ];
}

async function exposureOf(engine: Engine): Promise<Answer> {
  const total = await engine.exposure();
  if (total !== null) return { status: 200, body: { total } };
  return { ...refuse('not_found', 'a position has no fresh price'), status: 503 };
}

function digestAnswer({ book, checkpoints, options: { instanceId, epoch } }: Engine) {
  const digest = stateDigest(book.snapshot());
  return { digest, sequence: checkpoints.sequence, instanceId, epoch };
}

function riskLimits({ permission, options }: Engine) {
  return { percent: permission.percent, limits: options.config.limits };
}

function post<Body>(
  writes: ControlWrites,
  path: string,
  schema: z.ZodType<Body>,
  act: (body: Body) => unknown,
): ControlRoute {
  const answer = ({ headers, body }: Asked) =>
    writes.handle({ path, headers, body }, schema, async (parsed) => act(parsed));
  return { method: 'POST', path, answer };
}

function steeringOf({ engine, onShutdown }: ControlParts, writes: ControlWrites): ControlRoute[] {
  const stop = post(writes, '/shutdown', ShutdownRequest, ({ mode }) => {
    // Before the answer: who has it may rely on it that no order leaves any more.
    engine.halt();
    return { mode };
  });
  const stopping = async (asked: Asked): Promise<RouteAnswer> => {
    const answer = await stop.answer(asked);
    if (answer.status !== 200) return answer;
    const { mode } = answer.body as { mode: ShutdownMode };
    return { ...answer, after: () => onShutdown(mode) };
  };
  return [
    post(writes, '/limits', LimitsRequest, ({ percent }) => {
      engine.permission.percent = percent;
      engine.log.info({ percent }, 'limits set');
      return riskLimits(engine);
    }),
    post(writes, '/strategies', StrategiesRequest, ({ level }) => {
      engine.enableStrategies(level);
      engine.log.info({ level }, 'strategies enabled');
      return { level };
    }),
    { ...stop, answer: stopping },
  ];
}

/** What it holds, told to it. */
function entriesOf(engine: Engine, writes: ControlWrites): ControlRoute[] {
  const { book } = engine;
  return [
    post(writes, '/state/sync', SyncRequest, async () => {
      refuseTrading(engine);
      await engine.sync();
      return digestAnswer(engine);
    }),
    post(writes, '/state/positions', PositionUpdate, (update) => {
      refuseTrading(engine);
      book.setPosition(update);
      return update;
    }),
    post(writes, '/state/orders', Order, (order) => {
      refuseTrading(engine);
      return { outcome: book.importOrder(order) };
    }),
  ];
}

/** A bad request to the one who sends it: it knows better by then. */
function refuseTrading({ followingSinceMs }: Engine): void {
  if (followingSinceMs === null) return;
  throw Object.assign(new Error('it trades, and books what it does itself'), { statusCode: 400 });
}
