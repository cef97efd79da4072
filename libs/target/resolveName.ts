import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';

/** A name's addresses, and for how long they may be kept. Or, in words for a person, why there are none. */
export type NameAnswer =
  | { readonly ok: true; readonly addresses: readonly LookupAddress[]; readonly ttlMs: number }
  | { readonly ok: false; readonly reason: string };

export interface NameResolver {
  resolve(host: string): Promise<NameAnswer>;
  /** Gives up what is being asked; the answers are then failures. */
  close(): void;
}

export interface NameResolverParts {
  /** Name servers, `address:port`; the system's own when left out. */
  readonly servers?: readonly string[];
  /** For one try at one name server; the deadline of the transmission covers the whole. */
  readonly timeoutMs?: number;
}

const QUERY_TIMEOUT_MS = 2_000;
const MAX_QUERY_TIMEOUT_MS = 4_000;
const TRIES = 3;
/** When one of A and AAAA could not be asked, the other's answer is soon to be asked for again. */
const PARTIAL_TTL_MS = 2_000;

const NO_SUCH_RECORD: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);

/**
 * Names to addresses by c-ares, which waits on sockets. The system's `getaddrinfo` (dns.lookup) would wait in
 * one of the process's four threads, where a single customer's slow name server holds up everyone.
 */
export function createNameResolver({
  servers,
  timeoutMs = QUERY_TIMEOUT_MS,
}: NameResolverParts): NameResolver {
  const resolver = new Resolver({ timeout: timeoutMs, maxTimeout: MAX_QUERY_TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    async resolve(host) {
      const results = await Promise.allSettled([
        resolver.resolve4(host, { ttl: true }),
        resolver.resolve6(host, { ttl: true }),
      ]);
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [codeOf(result.reason)] : [],
      );
      const records = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
      if (records.length === 0) return { ok: false, reason: describe(host, codes) };
      const partial = codes.some((code) => !NO_SUCH_RECORD.has(code));
      const ttlMs = 1000 * Math.min(...records.map(({ ttl }) => ttl));
      return {
        ok: true,
        addresses: records.map(({ address }) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ttlMs: partial ? Math.min(ttlMs, PARTIAL_TTL_MS) : ttlMs,
      };
    },
    close: () => resolver.cancel(),
  };
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'an unknown error';
}

function describe(host: string, codes: readonly string[]): string {
  const failure = codes.find((code) => !NO_SUCH_RECORD.has(code));
  if (failure === 'ETIMEOUT') return `The name servers gave no answer for ${host} in time.`;
  if (failure !== undefined) return `The name servers could not resolve ${host} (${failure}).`;
  return codes.includes('ENOTFOUND') ? `There is no host named ${host}.` : `${host} has no address.`;
}
