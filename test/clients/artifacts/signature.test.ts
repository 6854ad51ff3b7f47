/** What holds our signatures to Amazon's rules holds to the examples that Amazon publishes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureFault, type Received } from './signature.js';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function example(
  [method, target]: [string, string],
  headers: Record<string, string>,
  [signed, signature]: [string, string],
  content = '',
): Received {
  const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
  return {
    method,
    target,
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      'x-amz-date': '20130524T000000Z',
      'x-amz-content-sha256': NOTHING,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=${signature}`,
      ...headers,
    },
    body: Buffer.from(content),
  };
}

const EXAMPLES = [
  example(['GET', '/test.txt'], { range: 'bytes=0-9' }, [
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ]),
  example(
    ['PUT', '/test%24file.text'],
    {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    },
    [
      'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    'Welcome to Amazon S3.',
  ),
  example(['GET', '/?max-keys=2&prefix=J'], {}, [
    'host;x-amz-content-sha256;x-amz-date',
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ]),
];

test('the examples of Amazon are signed as they say', () => {
  for (const received of EXAMPLES) assert.equal(signatureFault(received, SECRET), null);
});

test('another secret, target, header or body is found', () => {
  for (const received of EXAMPLES) {
    const headers = { ...received.headers, host: 'other.s3.amazonaws.com' };
    assert.match(signatureFault(received, 'another') ?? '', /signature/);
    assert.match(signatureFault({ ...received, target: '/other' }, SECRET) ?? '', /signature/);
    assert.match(signatureFault({ ...received, headers }, SECRET) ?? '', /signature/);
    assert.match(signatureFault({ ...received, body: Buffer.from('x') }, SECRET) ?? '', /body/);
  }
});
