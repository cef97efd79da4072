import { type EntityManager, EntitySchema } from 'typeorm';

/** A row of table `webhook`; it becomes a domain webhook in webhookMapping.ts and is seen by nobody else. */
export interface WebhookRow {
  /** BIGINT comes as a number or, depending on the path through the driver, as a string. */
  readonly id: number | string;
  readonly clientId: number | string;
  readonly type: string;
  readonly status: string;
  readonly format: string;
  readonly targetUrl: string;
  readonly authenticationType: string;
  /** The user name or the header's name; empty for the other types. */
  readonly authenticationName: string;
  /** The password, passphrase or signing secrets, encrypted (credentialCipher.ts); empty when there is none. */
  readonly secret: Buffer;
  /** 0: no limit. */
  readonly maxRequestsPerSecond: number;
  readonly created: Date;
  readonly modified: Date;
  /** The last time; in 1970: never. */
  readonly deactivated: Date;
}

/** The table itself is made by the migrations; a test compares the two. */
export const WebhookEntity = new EntitySchema<WebhookRow>({
  name: 'Webhook',
  tableName: 'webhook',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    clientId: { name: 'client_id', type: 'bigint' },
    type: { type: 'varchar', length: 32 },
    status: { type: 'varchar', length: 16 },
    format: { type: 'varchar', length: 16 },
    targetUrl: { name: 'target_url', type: 'varchar', length: 2048 },
    authenticationType: { name: 'authentication_type', type: 'varchar', length: 32 },
    authenticationName: { name: 'authentication_name', type: 'varchar', length: 255 },
    secret: { type: 'blob' },
    maxRequestsPerSecond: { name: 'max_requests_per_second', type: 'smallint', default: 0 },
    created: { type: 'datetime', precision: 3 },
    modified: { type: 'datetime', precision: 3 },
    deactivated: { type: 'datetime', precision: 3 },
  },
  indices: [{ name: 'webhook_client_type_status', columns: ['clientId', 'type', 'status'] }],
});

export function reload(manager: EntityManager, id: number): Promise<WebhookRow> {
  return manager.findOneByOrFail(WebhookEntity, { id });
}
