/**
 * A real S3 server (moto) that checks every signature by Amazon's own library, with one user and one
 * bucket. Until those are made it asks nobody, and afterwards everybody, who they are.
 */
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { eventually } from '../../sandbox/engine/rig.js';

const BUCKET = 'fleet';
/** Requests without a signature that make user, key, rights and bucket. */
const OPENING = 4;

export async function openRealS3(t: TestContext, program: string) {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', INITIAL_NO_AUTH_ACTION_COUNT: String(OPENING) },
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  t.after(async () => {
    server.kill('SIGKILL');
    await exited;
  });
  await eventually('the S3 server answers', async () => {
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => null);
    return answer?.ok ?? false;
  });
  await iam(endpoint, { Action: 'CreateUser', UserName: 'relight' });
  const made = await iam(endpoint, { Action: 'CreateAccessKey', UserName: 'relight' });
  await iam(endpoint, {
    Action: 'PutUserPolicy',
    UserName: 'relight',
    PolicyName: 'all',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    }),
  });
  await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' });
  const [, accessKeyId = ''] = /<AccessKeyId>(\w+)</.exec(made) ?? [];
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)</.exec(made) ?? [];
  const region = 'eu-central-1';
  return { endpoint, bucket: BUCKET, region, accessKeyId, secretAccessKey, timeoutMs: 10_000 };
}

/** Which service is meant stands in the header; the signature is not looked at yet. */
async function iam(endpoint: string, parameters: Record<string, string>): Promise<string> {
  const scope = 'nobody/20260101/us-east-1/iam/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ ...parameters, Version: '2010-05-08' }),
  });
  return answer.text();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
