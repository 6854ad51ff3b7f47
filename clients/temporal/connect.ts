/**
 * A client of the Temporal server that configuration names.
 *
 * Invariant: whenever a connection is closed, each of its calls ends as failed: none is left without an answer, and none
 * ends the process.
 */
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  ServiceError,
  type ClientOptions,
  type ConnectionLike,
  type ConnectionOptions,
} from '@temporalio/client';
import { defaultFailureConverter } from '@temporalio/common';
import { payloadConverter } from '../../workflows/trust/converter.js';
import { signedCalls } from './messages/client-calls.js';
import type { Messages } from './messages/index.js';
import { transportOf, type TransportSettings } from './transport.js';
import { reaching, TemporalUnreachable } from './unreachable.js';

export interface TemporalSettings extends TransportSettings {
  namespace: string;
}

/** `messages`: the keys by which it speaks and believes, opened once there is a server. */
export async function connectTemporal(
  settings: TemporalSettings,
  messages: () => Messages,
): Promise<Client> {
  const connection = await openConnection(settings);
  return signedClient(messages(), { connection, namespace: settings.namespace });
}

/** For questions about the server, which no message keys are needed for. */
export async function openConnection(settings: TransportSettings): Promise<Connection> {
  const { apiKey } = settings;
  return reaching(settings, () =>
    Connection.connect({
      ...transportOf(settings),
      connectTimeout: '5s',
      interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endsWhenClosed],
      // Asked before each request, so that a key that was renewed is used at once.
      ...(apiKey === null ? {} : { apiKey }),
    }),
  );
}

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/**
 * The SDK asks again by a timer, and what throws there ends the process: a channel throws once it is closed.
 * Nearest to the channel, so that each try passes here.
 */
const endsWhenClosed: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as Call;
  } catch (error) {
    return endedCall(error instanceof Error ? error.message : 'the connection is closed');
  }
};

/** Of gRPC: cancelled, which nobody asks again for. */
const CANCELLED = 1;

/** What is called of it by who began the call. */
interface Listener {
  onReceiveMessage?: (message: null) => void;
  onReceiveStatus?: (status: { code: number; details: string; metadata: unknown }) => void;
}

function endedCall(details: string): Call {
  const nothing = () => undefined;
  const call = {
    start: (metadata: unknown, listener: Listener = {}) => {
      // Not before its caller has done all that it does to a call that begins.
      setImmediate(() => {
        listener.onReceiveMessage?.(null);
        listener.onReceiveStatus?.({ code: CANCELLED, details, metadata });
      });
    },
    cancelWithStatus: nothing,
    getPeer: () => 'closed',
    sendMessageWithContext: nothing,
    sendMessage: nothing,
    startRead: nothing,
    halfClose: nothing,
    getAuthContext: () => null,
  };
  return call as unknown as Call;
}

/** Says for whom each message is, signs it where there is a key, believes what is proved. */
export function signedClient(
  { codec }: Messages,
  options: ClientOptions & { connection: ConnectionLike },
): Client {
  return new Client({
    ...options,
    dataConverter: loaded(codec),
    interceptors: { workflow: [signedCalls] },
  });
}

/** As the SDK takes a converter that need not be loaded by its path. */
function loaded(codec: Messages['codec']) {
  return { payloadConverter, failureConverter: defaultFailureConverter, payloadCodecs: [codec] };
}

/** gRPC: cancelled, deadline exceeded, unavailable. */
const AWAY: readonly unknown[] = [1, 4, 14];

/** Whether nobody answered at all; a server that says no is there. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return error instanceof TemporalUnreachable;
  return saysNobody(error.cause ?? {});
}

/** The same of an error of the raw service. */
export function saysNobody(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === undefined || AWAY.includes(code);
}
