import { isIP } from 'node:net';
import { isSpecialAddress, type TargetPolicy } from './specialAddress.ts';

export type { TargetPolicy } from './specialAddress.ts';

export type TargetCheck =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string };

const MAX_URL_CHARACTERS = 2_048;
const MAX_NAME_CHARACTERS = 253;

/** Names that only mean something inside of one machine or network, whatever the public DNS says of them. */
const INTERNAL_SUFFIXES = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
];

/**
 * Whether `url` may be a webhook's target (contract §1), as far as the text alone says: the name's addresses
 * are judged by the guarded lookup, at write and again at each connection. The WHATWG parser has by then
 * turned every notation of an IPv4 address (octal, hex, short, full-width digits …) into the plain one.
 */
export function checkTargetUrl(url: string, policy: TargetPolicy): TargetCheck {
  if (url.length > MAX_URL_CHARACTERS) {
    return refuse(`must have at most ${MAX_URL_CHARACTERS} characters, got ${url.length}`);
  }
  if (/[\p{Cc}\p{Zs}\\]/u.test(url)) return refuse('must have no spaces, control characters or backslashes');
  const parsed = URL.parse(url);
  if (parsed === null) return refuse('must be a URL, such as https://hooks.example.com/postrider');
  const problem = schemeProblem(parsed, policy) ?? hostProblem(parsed.hostname, policy);
  return problem === null ? { ok: true, url: parsed } : refuse(problem);
}

/** A URL's host without the brackets of an IPv6 address, as sockets want it. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

function refuse(reason: string): TargetCheck {
  return { ok: false, reason };
}

function schemeProblem(url: URL, policy: TargetPolicy): string | null {
  const strict = policy.mode === 'strict';
  if (url.protocol !== 'https:' && (strict || url.protocol !== 'http:')) {
    return `must begin with https://${strict ? '' : ' or http://'}`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user name or password: use the field "authentication"';
  }
  if (strict && url.port !== '') return `must use port 443, got ${url.port}`;
  return null;
}

function hostProblem(hostname: string, policy: TargetPolicy): string | null {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (isIP(host) !== 0) {
    return isSpecialAddress(host, policy) ? `must be at a public address, got ${host}` : null;
  }
  if (host.endsWith('.')) return 'must have no dot at the end of its host name';
  if (host.length > MAX_NAME_CHARACTERS) return `has a host name of over ${MAX_NAME_CHARACTERS} characters`;
  if (!host.split('.').every(isLabel)) return `must have a host name of letters, digits and "-", got ${host}`;
  if (policy.mode === 'development' || policy.allow.length > 0) return null;
  return isInternalName(host) ? `must have a public host name, got ${host}` : null;
}

/** Letters, digits, "-", and the "_" that some host names have although they should not. */
function isLabel(label: string): boolean {
  return /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label);
}

function isInternalName(host: string): boolean {
  if (!host.includes('.')) return true;
  return INTERNAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}
