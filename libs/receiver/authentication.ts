import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How the webhook authenticates, as it was created; `secrets`: any of them, while one replaces the other. */
export type Authentication =
  | { readonly type: 'none' }
  | { readonly type: 'basicAuth'; readonly userName: string; readonly password: string }
  | { readonly type: 'keyAuth'; readonly key: string; readonly passphrase: string }
  | { readonly type: 'standardWebhooks'; readonly secrets: readonly string[] };

/** By lower-case name, as Node has them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Message {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** A signature that is older or newer may be a repetition by somebody else. As the specification has it. */
const TOLERANCE_MS = 5 * 60 * 1000;
const MS_PER_S = 1000;
const PREFIX = 'whsec_';

/** Whether it is the webhook that sends this. Takes the same time wherever a wrong credential is wrong. */
export function isAuthentic(authentication: Authentication, message: Message, now: number): boolean {
  switch (authentication.type) {
    case 'none':
      return true;
    case 'basicAuth': {
      const { userName, password } = authentication;
      const expected = Buffer.from(`${userName}:${password}`).toString('base64');
      return isSame(header(message, 'authorization'), `Basic ${expected}`);
    }
    case 'keyAuth': {
      const { key, passphrase } = authentication;
      // Node has a header's bytes as Latin-1.
      return isSame(header(message, key.toLowerCase()), Buffer.from(passphrase).toString('latin1'));
    }
    case 'standardWebhooks':
      return isSigned(authentication.secrets, message, now);
  }
}

function isSigned(secrets: readonly string[], message: Message, now: number): boolean {
  const id = header(message, 'webhook-id');
  const timestamp = header(message, 'webhook-timestamp');
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * MS_PER_S - now) > TOLERANCE_MS)
    return false;
  const signatures = header(message, 'webhook-signature').split(' ');
  return secrets.some((secret) => {
    const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(message.body);
    const expected = `v1,${hmac.digest('base64')}`;
    return signatures.some((signature) => isSame(signature, expected));
  });
}

function header({ headers }: Message, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
