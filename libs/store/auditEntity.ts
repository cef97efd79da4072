import { EntitySchema } from 'typeorm';

/** A row of table `audit_entry`. Never updated; rows of deleted webhooks stay. */
export interface AuditRow {
  readonly id: number | string;
  readonly at: Date;
  readonly clientId: number | string;
  readonly webhookId: number | string;
  readonly action: string;
  readonly userName: string;
  readonly address: string;
  /** JSON. */
  readonly changes: string;
}

export const AuditEntity = new EntitySchema<AuditRow>({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    at: { type: 'datetime', precision: 3 },
    clientId: { name: 'client_id', type: 'bigint' },
    webhookId: { name: 'webhook_id', type: 'bigint' },
    action: { type: 'varchar', length: 32 },
    userName: { name: 'user_name', type: 'varchar', length: 255 },
    address: { type: 'varchar', length: 64 },
    changes: { type: 'mediumtext' },
  },
  indices: [{ name: 'audit_entry_webhook', columns: ['webhookId', 'id'] }],
});
