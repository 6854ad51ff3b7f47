/**
 * The rules of every write.
 *
 * Invariants: an epoch below the highest one seen is refused; a key has one effect and one answer,
 * also while the first request with it is still running; what failed has had none, and may be tried again.
 */
import type { z } from 'zod';
import { EPOCH_HEADER, IDEMPOTENCY_HEADER } from '../../../workflows/domain/engine/control.js';
import type { ControlRefusal } from '../../../workflows/domain/engine/control.js';
import { digestOf } from '../../../workflows/domain/content/canonical.js';

const KEYS_MAX = 10_000;

export interface Answer {
  status: number;
  body: unknown;
}

export interface WriteRequest {
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: unknown;
}

export class ControlWrites {
  readonly #answers = new Map<string, { digest: string; answer: Promise<Answer> }>();
  #fence: number;

  constructor(epoch: number) {
    this.#fence = epoch;
  }

  async handle<Body>(
    request: WriteRequest,
    schema: z.ZodType<Body>,
    act: (body: Body) => Promise<unknown>,
  ): Promise<Answer> {
    const epoch = readEpoch(request.headers[EPOCH_HEADER]);
    const key = request.headers[IDEMPOTENCY_HEADER];
    if (epoch === null) return refuse('invalid', `header ${EPOCH_HEADER} must be an integer`);
    if (typeof key !== 'string' || key === '') {
      return refuse('invalid', `header ${IDEMPOTENCY_HEADER} is required`);
    }
    if (epoch < this.#fence) {
      return refuse('stale_epoch', `epoch ${epoch} is below ${this.#fence}`);
    }
    const body = schema.safeParse(request.body);
    if (!body.success) return refuse('invalid', body.error.issues.map(describe).join('; '));
    this.#fence = epoch;
    return this.#once(key, digestOf([request.path, body.data]), () => act(body.data));
  }

  async #once(key: string, digest: string, act: () => Promise<unknown>): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined) {
      if (known.digest === digest) return known.answer;
      return refuse('invalid', 'the idempotency key belongs to another request');
    }
    const answer = act().then((body) => ({ status: 200, body }));
    this.#answers.set(key, { digest, answer });
    answer.catch(() => this.#answers.delete(key));
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEYS_MAX && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }
}

const STATUS = { stale_epoch: 409, invalid: 400, unauthorised: 401, not_found: 404 } as const;

export function refuse(error: z.infer<typeof ControlRefusal>['error'], message: string): Answer {
  return { status: STATUS[error], body: { error, message } };
}

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}

function readEpoch(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
