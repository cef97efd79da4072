import type { Authentication } from '#libs/domain/webhook.ts';
import { type Message, signatureHeaders } from './signature.ts';

/** Names that frame or route a request, or that Postrider sets itself (contract §1). Lower case. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  '__proto__',
  'accept-encoding',
  'connection',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'max-forwards',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);
const RESERVED_PREFIXES = ['content-', 'proxy-', 'x-forwarded-', 'webhook-'];

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The request headers that a webhook's authentication asks for, for this POST. */
export function authHeaders(authentication: Authentication, message: Message): Record<string, string> {
  switch (authentication.type) {
    case 'none':
      return {};
    case 'basicAuth': {
      const { userName, password } = authentication;
      return { authorization: `Basic ${Buffer.from(`${userName}:${password}`, 'utf8').toString('base64')}` };
    }
    case 'keyAuth':
      return { [authentication.key]: asUtf8(authentication.passphrase) };
    case 'standardWebhooks':
      return signatureHeaders(authentication, message);
  }
}

/** Node writes a header's characters as single bytes; this makes those bytes the text's UTF-8. */
function asUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Why `userName` can't be the user name of basicAuth, or null. */
export function userNameProblem(userName: string): string | null {
  if (userName.includes(':')) return 'must have no colon';
  return secretProblem(userName);
}

/** Why `text` can't be a password, passphrase or user name, or null. Never shows the text. */
export function secretProblem(text: string): string | null {
  return /\p{Cc}|\p{Cs}/u.test(text) ? 'must have no control characters' : null;
}

/** Why `key` can't be the header name of keyAuth, or null. */
export function keyProblem(key: string): string | null {
  if (!TOKEN.test(key)) return "must be a header name: letters, digits and any of !#$%&'*+-.^_`|~";
  const name = key.toLowerCase();
  if (RESERVED_NAMES.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    return `must not be ${key}, which frames, routes or describes the request itself`;
  }
  return null;
}
