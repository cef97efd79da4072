import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface TargetPolicy {
  /** strict: https on port 443 at public addresses. development: also http, any port, private addresses. */
  readonly mode: 'strict' | 'development';
  /** TARGET_ALLOW: CIDRs that are open although they are not public. Names are then judged by address only. */
  readonly allow: readonly string[];
}

type Address = ReturnType<typeof ipaddr.parse>;

/** All that is public in IPv6. What lies outside of it (IPv4-compatible, NAT64, site-local …) is special. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** Public by number, but served inside of a cloud (Azure's wire server), so no customer lives there. */
const CLOUD_INTERNAL = ['168.63.129.16'];

/** The machine itself and private networks, where a developer's targets live; never link-local (metadata). */
const DEVELOPMENT_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
]);

/**
 * Whether nothing may be sent to `address` under `policy`. Only what is plain public unicast, or opened on
 * purpose, passes; a text that is no canonical address is special too.
 */
export function isSpecialAddress(address: string, policy: TargetPolicy): boolean {
  if (isIP(address) === 0 || address.includes('%')) return true;
  const parsed = ipaddr.parse(address);
  if (isPublic(parsed)) return false;
  if (policy.mode === 'development' && DEVELOPMENT_RANGES.has(parsed.range())) return false;
  return !policy.allow.some((cidr) => contains(ipaddr.parseCIDR(cidr), parsed));
}

/** For the start of a process: a wrong CIDR is a mistake of the operator, which no target should suffer from. */
export function assertAllowList(policy: TargetPolicy): void {
  const wrong = policy.allow.filter((cidr) => !ipaddr.isValidCIDR(cidr));
  if (wrong.length > 0) {
    throw new Error(`TARGET_ALLOW holds "${wrong.join('", "')}": a CIDR such as 10.1.0.0/16 is expected.`);
  }
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv6') return contains(GLOBAL_UNICAST, address);
  return !CLOUD_INTERNAL.includes(address.toString());
}

function contains(cidr: ReturnType<typeof ipaddr.parseCIDR>, address: Address): boolean {
  return cidr[0].kind() === address.kind() && address.match(cidr);
}
