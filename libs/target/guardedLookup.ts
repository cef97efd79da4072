import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { LRUCache } from 'lru-cache';
import { lookUpInHosts } from './hostsFile.ts';
import { createNameResolver, type NameAnswer } from './resolveName.ts';
import { assertAllowList, isSpecialAddress, type TargetPolicy } from './specialAddress.ts';
import { TargetError } from './targetError.ts';

/** The addresses of a host, every one checked; or why nothing may be or can be sent there. */
export type GuardedAnswer =
  | { readonly ok: true; readonly addresses: readonly LookupAddress[] }
  | { readonly ok: false; readonly error: TargetError };

export interface GuardedLookup {
  /** `host` is a name or an address without brackets. Never rejects. */
  resolve(host: string): Promise<GuardedAnswer>;
  /** The same for the `lookup` option of sockets, which then connect to the very addresses checked. */
  readonly lookup: LookupFunction;
  close(): void;
}

export interface GuardedLookupParts {
  readonly policy: TargetPolicy;
  /** Name servers, `address:port`; the system's own when left out. */
  readonly servers?: readonly string[];
  readonly queryTimeoutMs?: number;
  /** Read under the development policy only. */
  readonly hostsFile?: string;
}

const MAX_NAMES = 10_000;
const MAX_TTL_MS = 300_000;
/** Of each family. A name may have more; a connection would not try them all within its deadline anyway. */
const MAX_ADDRESSES = 16;

/**
 * Comes in: the host of a target. Goes out: its addresses, of which the policy has allowed every single one.
 * If any is special, none is given: a name that answers with a public and a private address wants to be
 * tried until the private one is hit.
 */
export function createGuardedLookup(parts: GuardedLookupParts): GuardedLookup {
  const { policy, hostsFile = '/etc/hosts' } = parts;
  assertAllowList(policy);
  const names = createNameResolver({
    ...(parts.servers && { servers: parts.servers }),
    ...(parts.queryTimeoutMs && { timeoutMs: parts.queryTimeoutMs }),
  });
  const known = new LRUCache<string, GuardedAnswer>({ max: MAX_NAMES });
  const asked = new Map<string, Promise<GuardedAnswer>>();

  async function ask(host: string): Promise<GuardedAnswer> {
    const local = policy.mode === 'development' ? await lookUpInHosts(hostsFile, host) : [];
    const answer: NameAnswer =
      local.length > 0 ? { ok: true, addresses: local, ttlMs: 0 } : await names.resolve(host);
    const guarded = judge(host, answer, policy);
    const ttl = answer.ok ? Math.min(answer.ttlMs, MAX_TTL_MS) : 0;
    if (ttl > 0) known.set(host, guarded, { ttl });
    return guarded;
  }

  function resolve(host: string): Promise<GuardedAnswer> {
    const family = isIP(host);
    if (family !== 0) {
      return Promise.resolve(
        judge(host, { ok: true, addresses: [{ address: host, family }], ttlMs: 0 }, policy),
      );
    }
    const answer = known.get(host);
    if (answer !== undefined) return Promise.resolve(answer);
    const running = asked.get(host) ?? ask(host).finally(() => asked.delete(host));
    asked.set(host, running);
    return running;
  }

  return { resolve, lookup: asLookupFunction(resolve), close: () => names.close() };
}

function judge(host: string, answer: NameAnswer, policy: TargetPolicy): GuardedAnswer {
  if (!answer.ok) return { ok: false, error: new TargetError('dns', answer.reason) };
  const special = answer.addresses.find(({ address }) => isSpecialAddress(address, policy));
  if (special !== undefined) return { ok: false, error: blocked(host, special.address) };
  return { ok: true, addresses: [...firstOf(4, answer.addresses), ...firstOf(6, answer.addresses)] };
}

/** IPv4 first: a machine without IPv6 is common, the contrary rare. */
function firstOf(wanted: 4 | 6, addresses: readonly LookupAddress[]): readonly LookupAddress[] {
  return addresses.filter(({ family }) => family === wanted).slice(0, MAX_ADDRESSES);
}

export function blocked(host: string, address: string): TargetError {
  const what = host === address ? host : `${host} has the address ${address}, which`;
  return new TargetError('blocked', `${what} is not public. Nothing was sent.`);
}

function asLookupFunction(resolve: (host: string) => Promise<GuardedAnswer>): LookupFunction {
  return (host, options, callback) => {
    void resolve(host).then((answer) => {
      if (!answer.ok) return callback(answer.error, []);
      const wanted = answer.addresses.filter(({ family }) => !options.family || family === options.family);
      const [first] = wanted;
      if (first === undefined) {
        return callback(new TargetError('dns', `${host} has no address of the family in use here.`), []);
      }
      return options.all ? callback(null, wanted) : callback(null, first.address, first.family);
    });
  };
}
