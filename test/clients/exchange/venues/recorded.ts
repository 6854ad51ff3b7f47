/**
 * A venue that answers some paths with given bytes, as recorded or as its documentation shows them,
 * and everything else as the sandbox does. Bodies are text, because what JSON.stringify would write
 * is not what a venue writes: long ids, zeros at the end, numbers where others have text.
 */
import { after, afterEach, before } from 'node:test';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { Fetch } from '../../../../clients/exchange/index.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { openBench, type Bench } from '../bench.js';

export interface Recording {
  account: VenueAccount;
  /** Answers this path's end so from now on; a list of texts is one for each request, then the last. */
  answer: (path: string, text: string | string[], status?: number) => void;
  /** The queries and forms that came to this path's end. */
  asked: (path: string) => URLSearchParams[];
  forget: () => void;
}

interface Rule {
  path: string;
  status: number;
  texts: string[];
  asked: URLSearchParams[];
}

/** For all tests of a file: opened before the first, and without any answer after each. */
export function recordedVenue(venue: VenueId, prepare?: (at: Recording) => Promise<unknown>) {
  let bench: Bench | undefined;
  let opened: Recording | undefined;
  const at = (): Recording => {
    if (opened === undefined) throw new Error('the recording is opened before the tests');
    return opened;
  };
  before(async () => {
    bench = await openBench();
    opened = openRecording(bench, venue);
    await prepare?.(opened);
  });
  afterEach(() => opened?.forget());
  after(() => bench?.venues.close());
  const recording: Recording = {
    get account() {
      return at().account;
    },
    answer: (...given) => at().answer(...given),
    asked: (path) => at().asked(path),
    forget: () => at().forget(),
  };
  return recording;
}

export function openRecording(bench: Bench, venue: VenueId): Recording {
  let rules: Rule[] = [];
  const answered: Fetch = async (url, request) => {
    const [path = '', query = ''] = url.split('?');
    const rule = rules.find((one) => path.endsWith(one.path));
    if (rule === undefined) return fetch(url, request);
    const form = typeof request.body === 'string' ? request.body : '';
    rule.asked.push(new URLSearchParams(query === '' ? form : query));
    const text = rule.texts.length > 1 ? rule.texts.shift() : rule.texts[0];
    const headers = { 'content-type': 'application/json' };
    return new Response(text ?? '', { status: rule.status, headers });
  };
  return {
    account: bench.account(venue, { fetch: answered, timeoutMs: 5_000 }),
    answer: (path, text, status = 200) => {
      rules.unshift({ path, status, texts: [text].flat(), asked: [] });
    },
    asked: (path) => rules.find((rule) => rule.path === path)?.asked ?? [],
    forget: () => {
      rules = [];
    },
  };
}
