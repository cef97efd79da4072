import type { EventType } from '#libs/domain/eventType.ts';
import { type Signing, succeed } from '#libs/domain/signingSecrets.ts';
import type { Authentication, Webhook, WebhookStatus } from '#libs/domain/webhook.ts';
import { type CredentialCipher, CredentialUnreadable } from './credentialCipher.ts';
import type { WebhookRow } from './webhookEntity.ts';

/** An authentication without what must stay secret. */
export type PublicAuthentication =
  | { readonly type: 'none' }
  | { readonly type: 'basicAuth'; readonly userName: string }
  | { readonly type: 'keyAuth'; readonly key: string }
  | { readonly type: 'standardWebhooks' };

/** A webhook as everybody but the transmitter sees it: the secret has not even been decrypted. */
export type PublicWebhook = Omit<Webhook, 'authentication'> & {
  readonly authentication: PublicAuthentication;
};

export function toPublicWebhook(row: WebhookRow): PublicWebhook {
  return { ...common(row), authentication: publicAuthentication(row) };
}

/** With its secret in the clear, or why that can't be read. */
export function readableWebhook(row: WebhookRow, cipher: CredentialCipher): Webhook | CredentialUnreadable {
  try {
    return toWebhook(row, cipher);
  } catch (error) {
    if (error instanceof CredentialUnreadable) return error;
    throw error;
  }
}

function toWebhook(row: WebhookRow, cipher: CredentialCipher): Webhook {
  const authentication = publicAuthentication(row);
  if (authentication.type === 'none') return { ...common(row), authentication };
  const secret = cipher.decrypt(row.secret, Number(row.id));
  return { ...common(row), authentication: withSecret(authentication, secret) };
}

type AuthenticationColumns = Pick<WebhookRow, 'authenticationType' | 'authenticationName' | 'secret'>;

export const NO_AUTHENTICATION: AuthenticationColumns = {
  authenticationType: 'none',
  authenticationName: '',
  secret: Buffer.alloc(0),
};

/** The columns that hold an authentication; a row's id must be known before its secret can be encrypted. */
export function authenticationColumns(
  authentication: Authentication,
  place: {
    readonly cipher: CredentialCipher;
    readonly webhookId: number;
    /** What is there now. */
    readonly before: WebhookRow | null;
    /** Epoch ms. */
    readonly now: number;
  },
): AuthenticationColumns {
  const { cipher, webhookId, before, now } = place;
  const { type } = authentication;
  switch (type) {
    case 'none':
      return NO_AUTHENTICATION;
    case 'basicAuth': {
      const secret = cipher.encrypt(authentication.password, webhookId);
      return { authenticationType: type, authenticationName: authentication.userName, secret };
    }
    case 'keyAuth': {
      const secret = cipher.encrypt(authentication.passphrase, webhookId);
      return { authenticationType: type, authenticationName: authentication.key, secret };
    }
    case 'standardWebhooks': {
      const replaced = before && storedSigning(before, cipher);
      const { type: _, ...secrets } = replaced ? succeed(authentication, replaced, now) : authentication;
      const secret = cipher.encrypt(JSON.stringify(secrets), webhookId);
      return { authenticationType: type, authenticationName: '', secret };
    }
  }
}

/** Null also where it can't be read: who gives a new secret then repairs the webhook. */
function storedSigning(row: WebhookRow, cipher: CredentialCipher): Signing | null {
  const webhook = readableWebhook(row, cipher);
  if (webhook instanceof CredentialUnreadable) return null;
  return webhook.authentication.type === 'standardWebhooks' ? webhook.authentication : null;
}

/** Null: no limit; undefined: whatever is stored. */
export function limitColumn(limit: number | null | undefined): Partial<WebhookRow> {
  return limit === undefined ? {} : { maxRequestsPerSecond: limit ?? 0 };
}

function common(row: WebhookRow): Omit<Webhook, 'authentication'> {
  return {
    id: Number(row.id),
    clientId: Number(row.clientId),
    type: row.type as EventType,
    status: row.status as WebhookStatus,
    format: row.format as Webhook['format'],
    targetUrl: row.targetUrl,
    ...(row.maxRequestsPerSecond > 0 && { maxRequestsPerSecond: row.maxRequestsPerSecond }),
    created: row.created,
    modified: row.modified,
  };
}

function publicAuthentication(row: WebhookRow): PublicAuthentication {
  const type = row.authenticationType as Authentication['type'];
  const name = row.authenticationName;
  switch (type) {
    case 'none':
      return { type };
    case 'basicAuth':
      return { type, userName: name };
    case 'keyAuth':
      return { type, key: name };
    case 'standardWebhooks':
      return { type };
  }
}

function withSecret(
  authentication: Exclude<PublicAuthentication, { type: 'none' }>,
  secret: string,
): Authentication {
  switch (authentication.type) {
    case 'basicAuth':
      return { ...authentication, password: secret };
    case 'keyAuth':
      return { ...authentication, passphrase: secret };
    case 'standardWebhooks':
      return { ...authentication, ...(JSON.parse(secret) as Omit<Signing, 'type'>) };
  }
}
