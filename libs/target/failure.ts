import type { Blocked, Unreachable, UnreachableError } from '#libs/domain/outcome.ts';

const MAX_MESSAGE_CHARACTERS = 300;
const MAX_CAUSES = 5;

const REFUSED: ReadonlySet<string> = new Set([
  'EACCES',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EINVAL',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'EPERM',
]);

/** A proxy that answered CONNECT with another status than 200; without a status, it gave none in time. */
const PROXY = 'ERR_PROXY_TUNNEL';

/** OpenSSL's alerts, its verification results (X509_V_ERR_… without that), and Node's own. */
const TLS =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERROR_IN_C|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH$|AKID_|KEYUSAGE_|EE_|CA_)/;

/** A header that Node refuses to write: the request was never made. */
const UNSENDABLE = /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/;

/** What an error of node:net, node:tls, node:http or got says of a POST that got no answer. Pure. */
export function describeFailure(
  thrown: unknown,
  timeoutMs: number,
  durationMs: number,
): Unreachable | Blocked {
  const chain = causesOf(thrown);
  const codes = chain.map(({ code }) => code).filter((code) => code !== '');
  const message = clean(chain[0]?.message ?? '');
  if (codes.includes('blocked')) return { kind: 'blocked', message, durationMs };
  if (codes.some((code) => UNSENDABLE.test(code))) {
    return {
      kind: 'blocked',
      message: 'A header of the request is not valid. Nothing was sent.',
      durationMs,
    };
  }
  const error = chain.map(errorOf).find((found) => found !== null) ?? 'reset';
  const tunnel = chain.find(({ code }) => code === PROXY);
  const shown = tunnel ? `the egress proxy did not let it through (${tunnel.statusCode})` : message;
  return { kind: 'unreachable', error, message: sentence(error, shown, timeoutMs), durationMs };
}

function errorOf({ code, statusCode }: Cause): UnreachableError | null {
  if (code === 'dns') return 'dns';
  if (code === PROXY) return statusCode === null ? 'timeout' : 'refused';
  if (code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') return 'timeout';
  if (REFUSED.has(code)) return 'refused';
  return TLS.test(code) ? 'tls' : null;
}

function sentence(error: UnreachableError, message: string, timeoutMs: number): string {
  switch (error) {
    case 'dns':
      return message;
    case 'timeout':
      return `No answer came within ${timeoutMs} ms.`;
    case 'refused':
      return `No connection could be made: ${message}`;
    case 'reset':
      return `The connection broke before an answer came: ${message}`;
    case 'tls':
      return `The TLS connection failed: ${message}`;
  }
}

interface Cause {
  readonly code: string;
  readonly statusCode: number | null;
  readonly message: string;
}

/** The root cause first, the error itself last. Of a connection tried at several addresses the last counts. */
function causesOf(thrown: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  for (let error = thrown; isObject(error) && causes.length < MAX_CAUSES; error = inner(error)) {
    const { code, message, statusCode } = error;
    causes.unshift({
      code: text(code),
      message: text(message),
      statusCode: typeof statusCode === 'number' ? statusCode : null,
    });
  }
  return causes;
}

function inner(error: Record<string, unknown>): unknown {
  const { cause, errors } = error;
  return cause ?? (Array.isArray(errors) ? errors.at(-1) : undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A certificate's names are the target's own words: no control characters, and not too many of them. */
function clean(message: string): string {
  return message.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE_CHARACTERS);
}
