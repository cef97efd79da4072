import { createHmac, randomBytes } from 'node:crypto';
import { type Signing, secretsAt } from '#libs/domain/signingSecrets.ts';

/** Signatures by the Standard Webhooks specification (https://www.standardwebhooks.com), symmetric, version 1. */

/** One POST, as far as what authenticates it depends on it. */
export interface Message {
  /** What a receiver knows a repetition by: the same for the same events. Asked for only where it is sent. */
  readonly id: () => string;
  /** JSON text, or its UTF-8 bytes. */
  readonly body: string | Uint8Array;
  /** When it is sent, epoch ms. */
  readonly at: number;
}

const PREFIX = 'whsec_';
/** The specification's bounds. */
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const MADE_BYTES = 32;
const MS_PER_S = 1000;

/** The three headers; a signature for each secret that is valid at the time. */
export function signatureHeaders(signing: Signing, { id, body, at }: Message): Record<string, string> {
  const head = { id: id(), timestamp: String(Math.floor(at / MS_PER_S)) };
  const signatures = secretsAt(signing, at).map((secret) => {
    const hmac = createHmac('sha256', keyOf(secret)).update(`${head.id}.${head.timestamp}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return {
    'webhook-id': head.id,
    'webhook-timestamp': head.timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

export function makeSigningSecret(): string {
  return PREFIX + randomBytes(MADE_BYTES).toString('base64');
}

/** Why `secret` can't be a secret for signatures, or null. Never shows it. */
export function signingSecretProblem(secret: string): string | null {
  const key = keyOf(secret);
  const isRight =
    secret === PREFIX + key.toString('base64') && key.length >= MIN_BYTES && key.length <= MAX_BYTES;
  return isRight ? null : `must be "${PREFIX}" and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
