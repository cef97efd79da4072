import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** Where a request comes from: the socket, or what a trusted proxy says. */
export function addressOf({ ip = '' }: Request): string {
  return ipaddr.isValid(ip) ? ipaddr.process(ip).toString() : ip;
}

/** What counts as one address: of IPv6 the /64, all of which one household has. Pure. */
export function partyOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
