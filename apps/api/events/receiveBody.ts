import { promisify } from 'node:util';
import { constants, gunzip, zstdDecompress } from 'node:zlib';
import type { Request } from 'express';
import getRawBody from 'raw-body';
import { ApiProblem } from '../problem.ts';

/** Of a body as it is sent, and again unpacked: a thousand large events. */
const MAX_BODY_BYTES = 4 * 1_048_576;
/** RFC 9659: no sender may ask for a larger window, which we would have to hold. */
const ZSTD_WINDOW_LOG = 23;

const JSON_TYPE = 'application/json';
const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);

const LIMITED = { maxOutputLength: MAX_BODY_BYTES };
const ZSTD = { ...LIMITED, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } };
const unzip = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  identity: async (bytes) => bytes,
  gzip: (bytes) => unzip(bytes, LIMITED),
  zstd: (bytes) => unzstd(bytes, ZSTD),
};

/** A body of events, unpacked but not yet read. */
export interface EventsBody {
  readonly bytes: Buffer;
  readonly format: 'json' | 'ndjson';
}

/** How many bytes will come, as far as the request says. */
export function announcedBytes({ headers }: Request): number {
  return Math.min(Number(headers['content-length'] ?? MAX_BODY_BYTES), MAX_BODY_BYTES);
}

/** Takes a request's body in, with at most MAX_BODY_BYTES of it in memory, packed and unpacked alike. */
export async function receiveBody(request: Request): Promise<EventsBody> {
  const format = formatOf(request);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!decode) {
    throw new ApiProblem('unsupported-media-type', 'Send the body plain, or packed by gzip or zstd.', {
      headers: { 'Accept-Encoding': 'gzip, zstd' },
    });
  }
  const { 'content-length': length = null } = request.headers;
  const sent = await getRawBody(request, { length, limit: MAX_BODY_BYTES });
  const bytes = await decode(sent).catch((error: unknown) => {
    if (isTooLarge(error)) throw new ApiProblem('body-too-large', `Unpacked, ${LIMIT_TEXT}.`);
    throw new ApiProblem(
      'malformed-request',
      `The body can't be unpacked: it is not whole, or not ${encoding}.`,
    );
  });
  return { bytes, format };
}

const LIMIT_TEXT = `the body may have at most ${MAX_BODY_BYTES} bytes`;

function formatOf(request: Request): EventsBody['format'] {
  const type = request.is([JSON_TYPE, ...NDJSON_TYPES]);
  if (type === null) throw new ApiProblem('malformed-request', 'There is no body. Send events.');
  const [, charset = 'utf-8'] =
    /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(request.headers['content-type'] ?? '') ?? [];
  if (type === false || !CHARSETS.has(charset.toLowerCase())) {
    const detail = `Send the events as ${JSON_TYPE} or ${NDJSON_TYPES[0]}, in UTF-8.`;
    throw new ApiProblem('unsupported-media-type', detail);
  }
  return type === JSON_TYPE ? 'json' : 'ndjson';
}

function isTooLarge(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}
