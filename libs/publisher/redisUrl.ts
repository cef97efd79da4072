interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Names as ioredis has them. With `tls`, all is as Node has it by default: the certificate must be for the host. */
interface AccessOptions {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

interface SentinelOptions extends AccessOptions {
  readonly sentinels: RedisNode[];
  readonly name: string;
  readonly db: number;
  readonly enableTLSForSentinelMode: boolean;
  readonly sentinelTLS?: Record<string, never>;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
}

/** What a Redis URL names. A `server`'s URL is ioredis' own, with all that it may say. */
export type RedisUrl =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'sentinel'; readonly options: SentinelOptions }
  | { readonly kind: 'cluster'; readonly nodes: RedisNode[]; readonly options: AccessOptions };

export const REDIS_URL_FORMS =
  'redis://host:6379/0, redis+cluster://host1:6379,host2:6379 or redis+sentinel://host1:26379,host2:26379/name ' +
  '(rediss… for TLS; user:password@ before the hosts)';

const URL_SHAPE =
  /^(rediss?)(?:[+-](cluster|sentinel))?:\/\/(?:([^@/?]*)@)?([^@/?]+)((?:\/[^?]*)?)((?:\?.*)?)$/;
const HOST_SHAPE = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i;
const PORTS = { cluster: 6379, sentinel: 26_379 };

/** Throws an error that says what is allowed, and nothing of the URL, which may hold a password. */
export function parseRedisUrl(url: string): RedisUrl {
  const parsed = parse(url);
  if (parsed === null) throw new Error(`must be ${REDIS_URL_FORMS}`);
  return parsed;
}

function parse(url: string): RedisUrl | null {
  const shape = URL_SHAPE.exec(url);
  if (shape === null) return null;
  const [, scheme, kind, userInfo = '', hosts = '', path = '', query = ''] = shape;
  if (kind === undefined) return URL.canParse(url) ? { kind: 'server', url } : null;
  const mode = kind === 'cluster' ? 'cluster' : 'sentinel';
  const nodes = hosts.split(',').map((host) => parseHost(host, PORTS[mode]));
  const credentials = parseUserInfo(userInfo);
  if (nodes.includes(null) || credentials === null) return null;
  const known = nodes.filter((node) => node !== null);
  const options = { ...credentials, ...(scheme === 'rediss' && { tls: {} }) };
  return mode === 'cluster'
    ? clusterOf(known, options, path + query)
    : sentinelOf(known, options, path, query);
}

/** A cluster has one database only. */
function clusterOf(nodes: RedisNode[], options: AccessOptions, rest: string): RedisUrl | null {
  return /^\/?0?$/.test(rest) ? { kind: 'cluster', nodes, options } : null;
}

/** `/name` or `/name/db`; the Sentinels' own credentials as `?sentinelUsername=…&sentinelPassword=…`. */
function sentinelOf(
  sentinels: RedisNode[],
  options: AccessOptions,
  path: string,
  query: string,
): RedisUrl | null {
  const [, name = '', db = '0'] = /^\/([\w.-]+)(?:\/(\d+)?)?$/.exec(path) ?? [];
  if (name === '') return null;
  const asked = new URLSearchParams(query);
  const [sentinelUsername, sentinelPassword] = ['sentinelUsername', 'sentinelPassword'].map((key) =>
    asked.get(key),
  );
  return {
    kind: 'sentinel',
    options: {
      ...options,
      sentinels,
      name,
      db: Number(db),
      enableTLSForSentinelMode: options.tls !== undefined,
      ...(options.tls && { sentinelTLS: options.tls }),
      ...(sentinelUsername && { sentinelUsername }),
      ...(sentinelPassword && { sentinelPassword }),
    },
  };
}

function parseHost(text: string, defaultPort: number): RedisNode | null {
  const [, address, name, port] = HOST_SHAPE.exec(text) ?? [];
  const host = address ?? name;
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number };
}

/** `user:password`, `:password` or nothing; what has a meaning in URLs is percent-encoded. */
function parseUserInfo(text: string): { username?: string; password?: string } | null {
  const colon = text.indexOf(':');
  const parts = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  try {
    const [username, password] = parts.map(decodeURIComponent);
    return { ...(username && { username }), ...(password && { password }) };
  } catch {
    return null;
  }
}
