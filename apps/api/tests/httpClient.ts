import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface Call {
  readonly method: string;
  readonly path: string;
  /** `user:password`; left out: none. */
  readonly auth?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One of them at most. */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly raw?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the body is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test may look at any field of an answer.
  readonly body: any;
}

/** One request on a connection of its own; no redirect, no retry, nothing added. */
export function send(port: number, { method, path, auth, headers, ...content }: Call): Promise<Answer> {
  const [type, body] = encode(content);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        port,
        host: '127.0.0.1',
        method,
        path,
        agent: false,
        ...(auth === undefined ? {} : { auth }),
        headers: {
          ...(type && { 'Content-Type': type }),
          ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      async (response) => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
        } catch (error) {
          reject(error);
        }
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

function encode({
  json,
  form,
  raw,
}: Pick<Call, 'json' | 'form' | 'raw'>): [string | null, string | Buffer | undefined] {
  if (json !== undefined) return ['application/json', JSON.stringify(json)];
  if (form !== undefined) return ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()];
  return [null, raw];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
