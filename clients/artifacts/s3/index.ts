/**
 * Content in a bucket of an S3-compatible server.
 *
 * Invariants: content is absent only where the server says `NoSuchKey` in its own words: a page of a
 * proxy, a bucket that is not there and a refusal are a store that could not be read; the server is
 * given the hash of what it is sent, and refuses what arrives otherwise.
 */
import { MOST_LISTED, unreachable, type Blobs, type Found } from '../blobs.js';
import { codeIn, pageIn } from './answers.js';
import { answered, ask, type S3Answer, type S3Request, type S3Settings } from './request.js';

const SMALL = 65_536;
const LARGEST_PAGE = 4 * 1024 * 1024;
const MOST_PAGES = 100;
/** As long as the server's own pages are. */
const PAGE = 1_000;
const HASH_DIGITS = 64;

/** `prefix`: what all keys begin with, `/` at its end; empty for none. */
export function createS3Blobs(settings: S3Settings, prefix: string): Blobs {
  const title = `artifacts.s3, bucket ${settings.bucket}`;
  const send = (request: S3Request) => ask(settings, title, request);
  const refused = (answer: S3Answer) => unreachable(title, answered(answer));

  return {
    title,
    async read(name, mostBytes): Promise<Found> {
      const answer = await send({ method: 'GET', key: `${prefix}${name}`, mostBytes });
      const { status, body } = answer;
      if (status === 200 && body === null) return { state: 'strange' };
      if (status === 200 && body !== null) return { state: 'there', content: body };
      if (status === 404 && body !== null && codeIn(body) === 'NoSuchKey')
        return { state: 'absent' };
      throw refused(answer);
    },
    async keep(name, content) {
      const key = `${prefix}${name}`;
      const checksum = checksumOf(name);
      const asked = { 'x-amz-checksum-mode': 'ENABLED' };
      const there = await send({ method: 'HEAD', key, headers: asked, mostBytes: SMALL });
      // By the server's own sum over what it holds; one that tells none is given the content again.
      if (there.status === 200 && there.headers.get('x-amz-checksum-sha256') === checksum) return;
      const headers = { 'x-amz-checksum-sha256': checksum };
      const answer = await send({ method: 'PUT', key, headers, content, mostBytes: SMALL });
      if (answer.status !== 200) throw refused(answer);
    },
    async remove(name) {
      const answer = await send({ method: 'DELETE', key: `${prefix}${name}`, mostBytes: SMALL });
      if (answer.status !== 204 && answer.status !== 200) throw refused(answer);
    },
    async list(folder, most = MOST_LISTED) {
      const start = `${prefix}${folder}/`;
      const names: string[] = [];
      let next: string | null = null;
      for (let page = 0; page < MOST_PAGES && names.length < most; page += 1) {
        const query: Record<string, string> = { 'list-type': '2', prefix: start };
        if (most < PAGE) query['max-keys'] = String(most);
        if (next !== null) query['continuation-token'] = next;
        const answer = await send({ method: 'GET', key: '', query, mostBytes: LARGEST_PAGE });
        const found = answer.status === 200 && answer.body !== null ? pageIn(answer.body) : null;
        if (found === null) throw refused(answer);
        const ours = found.keys.filter((key) => key.startsWith(start));
        names.push(...ours.map((key) => key.slice(start.length)));
        next = found.next;
        if (next === null) break;
      }
      return names.slice(0, most);
    },
  };
}

/** A name ends with the hash of its content. */
function checksumOf(name: string): string {
  return Buffer.from(name.slice(-HASH_DIGITS), 'hex').toString('base64');
}
