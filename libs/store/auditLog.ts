import { type EntityManager, LessThan } from 'typeorm';
import type { FieldChange } from './auditChanges.ts';
import { AuditEntity, type AuditRow } from './auditEntity.ts';
import type { Database } from './database.ts';
import { claimed, type NotFound, type WebhookRef } from './webhookClaim.ts';
import { WebhookEntity } from './webhookEntity.ts';

/** Who makes a change, and from where. */
export interface Author {
  readonly user: string;
  readonly address: string;
}

/** A change that nobody asked for by name. */
export const POSTRIDER: Author = { user: 'postrider', address: '' };

export const AUDIT_ACTIONS = [
  'created',
  'updated',
  'activated',
  'deactivated',
  'suspended',
  'resent',
  'deleted',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  readonly id: number;
  readonly at: Date;
  readonly action: AuditAction;
  readonly user: string;
  readonly address: string;
  readonly changes: readonly FieldChange[];
}

export interface AuditPage {
  readonly kind: 'found';
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** For the entries that follow; null: these were the last. */
  readonly nextCursor: number | null;
}

const MAX_USER_CHARACTERS = 255;
/** A trusted proxy may say anything. */
const MAX_ADDRESS_CHARACTERS = 64;

/** Part of the change's own transaction: no change without an entry, no entry without a change. */
export async function recordChange(
  manager: EntityManager,
  entry: {
    readonly webhook: WebhookRef;
    readonly at: Date;
    readonly action: AuditAction;
    readonly by: Author;
    readonly changes: readonly FieldChange[];
  },
): Promise<void> {
  const { webhook, at, action, by, changes } = entry;
  await manager.insert(AuditEntity, {
    at,
    clientId: webhook.clientId,
    webhookId: webhook.id,
    action,
    userName: by.user.slice(0, MAX_USER_CHARACTERS),
    address: by.address.slice(0, MAX_ADDRESS_CHARACTERS),
    changes: JSON.stringify(changes),
  });
}

/** Reads what recordChange has written. */
export class AuditLog {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  page(
    webhook: WebhookRef,
    options: { readonly limit: number; readonly before?: number | undefined; readonly deletedToo: boolean },
  ): Promise<AuditPage | NotFound> {
    const { limit, before, deletedToo } = options;
    return this.#database.run(async (manager) => {
      const row = await manager.findOneBy(WebhookEntity, { id: webhook.id });
      const owner = row ?? (deletedToo ? await this.#lastEntry(manager, webhook.id) : null);
      const claim = claimed(owner, webhook);
      if (claim.kind !== 'own') return claim;
      const rows = await manager.find(AuditEntity, {
        where: { webhookId: webhook.id, ...(before !== undefined && { id: LessThan(before) }) },
        order: { id: 'DESC' },
        take: limit + 1,
      });
      const entries = rows.slice(0, limit).map(toEntry);
      const nextCursor = rows.length > limit ? (entries.at(-1)?.id ?? null) : null;
      return { kind: 'found', entries, nextCursor };
    });
  }

  #lastEntry(manager: EntityManager, webhookId: number): Promise<AuditRow | null> {
    return manager.findOne(AuditEntity, { where: { webhookId }, order: { id: 'DESC' } });
  }
}

function toEntry({ id, at, action, userName, address, changes }: AuditRow): AuditEntry {
  return {
    id: Number(id),
    at,
    action: action as AuditAction,
    user: userName,
    address,
    changes: JSON.parse(changes) as FieldChange[],
  };
}
