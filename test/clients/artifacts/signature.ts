/**
 * Signature Version 4 as Amazon describes it, restated in plain code, to look at what our requests
 * carry: "Authenticating Requests: Using the Authorization Header", Amazon S3 API reference.
 */
import { createHash, createHmac } from 'node:crypto';

export interface Received {
  method: string;
  /** As it stands in the first line of the request. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Why it is not ours; null where it is signed with this secret, body included. */
export function signatureFault({ method, target, headers, body }: Received, secret: string) {
  const authorization = String(headers['authorization']);
  const [, scope = '', names = '', told = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      authorization,
    ) ?? [];
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'the body is another';
  const [path = '', search = ''] = target.split('?');
  const signed = names.split(';');
  const canonical = [
    method,
    path,
    search.split('&').filter(Boolean).sort().join('&'),
    ...signed.map((name) => `${name}:${String(headers[name])}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const date = String(headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of scope.split('/')) key = hmac(key, part);
  return hmac(key, toSign).toString('hex') === told ? null : 'the signature is another';
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
