import type { EventType } from '#libs/domain/eventType.ts';
import type { Authentication, Webhook, WebhookStatus } from '#libs/domain/webhook.ts';
import type { CredentialCipher } from './credentialCipher.ts';
import type { WebhookRow } from './webhookEntity.ts';

/** An authentication without what must stay secret. */
export type PublicAuthentication =
  | { readonly type: 'none' }
  | { readonly type: 'basicAuth'; readonly userName: string }
  | { readonly type: 'keyAuth'; readonly key: string };

/** A webhook as everybody but the transmitter sees it: the secret has not even been decrypted. */
export type PublicWebhook = Omit<Webhook, 'authentication'> & {
  readonly authentication: PublicAuthentication;
};

export function toPublicWebhook(row: WebhookRow): PublicWebhook {
  return { ...common(row), authentication: publicAuthentication(row) };
}

export function toWebhook(row: WebhookRow, cipher: CredentialCipher): Webhook {
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
  seal: { readonly cipher: CredentialCipher; readonly webhookId: number },
): AuthenticationColumns {
  const { cipher, webhookId } = seal;
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
  }
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
  }
}

function withSecret(
  authentication: Exclude<PublicAuthentication, { type: 'none' }>,
  secret: string,
): Authentication {
  return authentication.type === 'basicAuth'
    ? { ...authentication, password: secret }
    : { ...authentication, passphrase: secret };
}
