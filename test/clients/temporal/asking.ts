/** One request to a codec server, by node:http, which lets a test choose the name of the host. */
import { request, type IncomingHttpHeaders } from 'node:http';

export interface Ask {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export async function askAt(address: string, one: Ask): Promise<Answer> {
  const { path = '/decode', method = 'POST', headers = {}, body = '' } = one;
  const { hostname, port } = new URL(address);
  const all = { 'content-type': 'application/json', ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path, method, headers: all }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
