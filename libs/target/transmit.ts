import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import got, { type Request, type RequestFunction, type Response } from 'got';
import type { Outcome } from '#libs/domain/outcome.ts';
import { type Agents, createAgents, type Egress } from './agents.ts';
import { describeFailure } from './failure.ts';
import { createGuardedLookup } from './guardedLookup.ts';
import { parseRetryAfter } from './retryAfter.ts';
import type { TargetPolicy } from './specialAddress.ts';
import { checkTargetUrl } from './targetPolicy.ts';

export interface Transmission {
  readonly url: string;
  /** JSON text, or its UTF-8 bytes. */
  readonly body: string | Uint8Array;
  /** What the webhook's authentication adds (authHeaders.ts). */
  readonly headers: Readonly<Record<string, string>>;
  /** From the call to the end of the answer: name, connection, TLS, request and response together. */
  readonly timeoutMs: number;
}

export interface Transmitter {
  transmit(transmission: Transmission): Promise<Outcome>;
  /** Closes all connections; what is under way ends as a failure. */
  close(): void;
}

export interface TransmitterParts {
  readonly policy: TargetPolicy;
  /** Of Postrider, for the User-Agent header. */
  readonly version: string;
  readonly egress?: Egress;
  /** Certificate authorities in place of the well-known ones. */
  readonly ca?: string | Buffer;
  /** Name servers, `address:port`; the system's own when left out. */
  readonly nameServers?: readonly string[];
  /** Read under the development policy only. */
  readonly hostsFile?: string;
  readonly maxSocketsPerOrigin?: number;
}

/** No further than this is an answer read: its status has already said everything that counts. */
const MAX_RESPONSE_BYTES = 65_536;

const RETRY_AFTER_STATUSES: ReadonlySet<number> = new Set([429, 503]);

/**
 * Comes in: a body and where to POST it. Goes out: what became of it, always as a value. Nothing is retried
 * here, because only the caller counts attempts, and no redirect is followed.
 */
export function createTransmitter(parts: TransmitterParts): Transmitter {
  const { policy, version, egress = {}, ca, nameServers, hostsFile, maxSocketsPerOrigin } = parts;
  const guarded = createGuardedLookup({
    policy,
    ...(nameServers && { servers: nameServers }),
    ...(hostsFile && { hostsFile }),
  });
  const agents = createAgents({
    policy,
    egress,
    lookup: guarded.lookup,
    ...(ca && { ca }),
    ...(maxSocketsPerOrigin && { maxSocketsPerOrigin }),
  });
  const client = got.extend({
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    retry: { limit: 0 },
    request: through(agents),
    headers: { 'user-agent': `Postrider/${version}`, 'content-type': 'application/json; charset=utf-8' },
  });

  function post(url: URL, { body, headers, timeoutMs }: Transmission): Request {
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const stream = client.stream.post(url, {
      headers: { ...headers, 'content-length': String(bytes.byteLength) },
      timeout: { request: timeoutMs },
      // A tunnel is not yet the request's own connection, so the deadline above would leave it behind.
      ...(egress.proxy && { request: through(agents, timeoutMs) }),
    });
    stream.end(bytes);
    return stream;
  }

  return {
    async transmit(transmission) {
      const started = performance.now();
      const durationMs = () => Math.round(performance.now() - started);
      const target = checkTargetUrl(transmission.url, policy);
      if (!target.ok) {
        return { kind: 'blocked', message: `The target URL ${target.reason}.`, durationMs: durationMs() };
      }
      const answer = await readAnswer(post(target.url, transmission));
      if (answer.response === null) {
        return describeFailure(answer.error, transmission.timeoutMs, durationMs());
      }
      return outcomeOf(answer.response, answer.body, durationMs());
    },
    close() {
      guarded.close();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/**
 * Makes the request for got, with nothing but what a POST needs: got's own way passes every option there is
 * to Node, for an eighth of the whole cost. The agents hold all that decides about the connection.
 */
function through(agents: Agents, connectTimeoutMs?: number): RequestFunction {
  return (url, { method, headers }) => {
    const secure = url.protocol === 'https:';
    const options = { ...urlToHttpOptions(url), method, headers, timeout: connectTimeoutMs };
    return secure
      ? requestHttps({ ...options, agent: agents.https })
      : requestHttp({ ...options, agent: agents.http });
  };
}

type Answer =
  | { readonly response: Response; readonly body: string }
  | { readonly response: null; readonly error: unknown };

/** Waits for the end of the answer, its 65,536th byte or a failure, whichever comes first. */
function readAnswer(stream: Request): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let response: Response | null = null;

    function settle(error: unknown): void {
      const body = Buffer.concat(chunks).toString('utf8', 0, MAX_RESPONSE_BYTES);
      resolve(response === null ? { response, error } : { response, body });
    }

    stream.on('response', (head: Response) => {
      response = head;
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < MAX_RESPONSE_BYTES) return;
      settle(null);
      stream.destroy();
    });
    // Got listens to upgrades, which keeps Node from closing such a connection by itself.
    stream.on('upgrade', (_head: unknown, socket: Duplex) => {
      socket.destroy();
      stream.destroy(new Error('the target switched protocols'));
    });
    stream.on('end', () => settle(null));
    stream.on('error', settle);
    stream.on('close', () => settle(null));
  });
}

function outcomeOf(response: Response, responseBody: string, durationMs: number): Outcome {
  const { statusCode, headers } = response;
  if (statusCode === 200) return { kind: 'accepted', httpStatusCode: 200, responseBody, durationMs };
  const retryAfterMs = RETRY_AFTER_STATUSES.has(statusCode)
    ? parseRetryAfter(headers['retry-after'], Date.now())
    : null;
  return {
    kind: 'refused',
    httpStatusCode: statusCode,
    responseBody,
    durationMs,
    ...(retryAfterMs !== null && { retryAfterMs }),
  };
}
