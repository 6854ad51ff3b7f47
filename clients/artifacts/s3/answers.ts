/** What an S3 server says in XML, as far as it is believed: short words and names of ours. */

/** `NoSuchKey` and the like; null where the body is no error of S3. */
export function codeIn(body: Buffer): string | null {
  const [, code] = /<Error>.*?<Code>([A-Za-z]{1,64})<\/Code>/s.exec(body.toString()) ?? [];
  return code ?? null;
}

interface Page {
  keys: string[];
  /** Where the next page begins; null where this is the last. */
  next: string | null;
}

/** Null where it is no list of S3. */
export function pageIn(body: Buffer): Page | null {
  const text = body.toString();
  if (!/<ListBucketResult[ >]/.test(text) || !text.trimEnd().endsWith('</ListBucketResult>')) {
    return null;
  }
  const keys = [...text.matchAll(/<Key>([\w./-]{1,1024})<\/Key>/g)].map(([, key = '']) => key);
  const [, next] =
    /<NextContinuationToken>([^<]{1,2048})<\/NextContinuationToken>/.exec(text) ?? [];
  const goesOn = /<IsTruncated>\s*true\s*<\/IsTruncated>/.test(text);
  if (goesOn && next === undefined) return null;
  return { keys, next: goesOn && next !== undefined ? unescaped(next) : null };
}

function unescaped(text: string): string {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
  return plain.replaceAll('&#34;', '"').replaceAll('&#43;', '+').replaceAll('&amp;', '&');
}
