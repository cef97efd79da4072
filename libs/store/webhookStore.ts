import type { EntityManager } from 'typeorm';
import type { EventType } from '#libs/domain/eventType.ts';
import {
  type Authentication,
  STATUS_AFTER,
  type StatusChange,
  statusChangeProblem,
  type Webhook,
  type WebhookStatus,
} from '#libs/domain/webhook.ts';
import { type FieldChange, fieldChanges } from './auditChanges.ts';
import { type AuditAction, type Author, POSTRIDER, recordChange } from './auditLog.ts';
import { type CollectingWebhook, findCollecting } from './collectingWebhooks.ts';
import type { CredentialCipher, CredentialUnreadable } from './credentialCipher.ts';
import type { Database } from './database.ts';
import { findManyReadable, findReadable } from './readableWebhooks.ts';
import { claimed, type NotFound, type WebhookRef } from './webhookClaim.ts';
import { reload, WebhookEntity, type WebhookRow } from './webhookEntity.ts';
import {
  authenticationColumns,
  limitColumn,
  NO_AUTHENTICATION,
  type PublicWebhook,
  toPublicWebhook,
} from './webhookMapping.ts';
import { orderBy, type Page } from './webhookPage.ts';

export interface WebhookFields {
  readonly type: EventType;
  readonly format: Webhook['format'];
  readonly targetUrl: string;
  /** Left out on update: the stored one stays. Left out on create: none. The same goes for the limit (null: none). */
  readonly authentication?: Authentication | undefined;
  readonly maxRequestsPerSecond?: number | null;
}

export type Found = { readonly kind: 'found'; readonly webhook: PublicWebhook };
export type NotAllowed = { readonly kind: 'notAllowed'; readonly problem: string };
export type Created =
  | { readonly kind: 'created'; readonly webhook: PublicWebhook }
  | { readonly kind: 'limitReached'; readonly limit: number };
export type Removed = { readonly kind: 'removed' };

/** The webhooks in MySQL. Every method throws StoreUnavailable within 2 seconds while MySQL is away. */
export class WebhookStore {
  readonly #database: Database;
  readonly #cipher: CredentialCipher;
  readonly #webhooksPerClient: number;
  readonly #now: () => Date;

  constructor(parts: {
    database: Database;
    cipher: CredentialCipher;
    webhooksPerClient: number;
    now: () => Date;
  }) {
    this.#database = parts.database;
    this.#cipher = parts.cipher;
    this.#webhooksPerClient = parts.webhooksPerClient;
    this.#now = parts.now;
  }

  async list(clientId: number, { sort, direction, offset, limit }: Page): Promise<PublicWebhook[]> {
    const options = { where: { clientId }, order: orderBy(sort, direction), skip: offset, take: limit };
    const rows = await this.#database.run((manager) => manager.find(WebhookEntity, options));
    return rows.map(toPublicWebhook);
  }

  /** The row of the client is locked first: concurrent creations can't pass the limit together. */
  create(clientId: number, fields: WebhookFields, by: Author = POSTRIDER): Promise<Created> {
    return this.#transaction(async (manager) => {
      await manager.query(
        'INSERT INTO webhook_client (client_id) VALUES (?) ON DUPLICATE KEY UPDATE client_id = client_id',
        [clientId],
      );
      const count = await manager.countBy(WebhookEntity, { clientId });
      if (count >= this.#webhooksPerClient) {
        return { kind: 'limitReached', limit: this.#webhooksPerClient };
      }
      const { authentication = { type: 'none' }, maxRequestsPerSecond, ...columns } = fields;
      const created = this.#now();
      const { identifiers } = await manager.insert(WebhookEntity, {
        ...columns,
        ...limitColumn(maxRequestsPerSecond),
        clientId,
        status: 'created' satisfies WebhookStatus,
        ...NO_AUTHENTICATION,
        created,
        modified: created,
        deactivated: new Date(0),
      });
      const id = Number(identifiers[0]?.id);
      await manager.update(WebhookEntity, { id }, this.#authenticationColumns(authentication, id, null));
      const webhook = toPublicWebhook(await reload(manager, id));
      const changes = fieldChanges(null, webhook, authentication);
      await this.#record(manager, webhook, { action: 'created', by, changes });
      return { kind: 'created', webhook };
    });
  }

  async find(ref: WebhookRef): Promise<Found | NotFound> {
    const row = await this.#database.run((manager) => manager.findOneBy(WebhookEntity, { id: ref.id }));
    const claim = claimed(row, ref);
    return claim.kind === 'own' ? { kind: 'found', webhook: toPublicWebhook(claim.row) } : claim;
  }

  update(
    ref: WebhookRef,
    { authentication, maxRequestsPerSecond, ...columns }: WebhookFields,
    by: Author = POSTRIDER,
  ): Promise<Found | NotFound> {
    return this.#locked(ref, async (manager, row) => {
      const sealed = authentication ? this.#authenticationColumns(authentication, ref.id, row) : {};
      const limit = limitColumn(maxRequestsPerSecond);
      const change = { ...columns, ...limit, ...sealed, modified: this.#now() };
      await manager.update(WebhookEntity, { id: ref.id }, change);
      const webhook = toPublicWebhook(await reload(manager, ref.id));
      const changes = fieldChanges(toPublicWebhook(row), webhook, authentication);
      await this.#record(manager, ref, { action: 'updated', by, changes });
      return { kind: 'found', webhook };
    });
  }

  changeStatus(
    ref: WebhookRef,
    change: Exclude<StatusChange, 'delete'>,
    by: Author = POSTRIDER,
  ): Promise<Found | NotFound | NotAllowed> {
    return this.#locked(ref, async (manager, row) => {
      const problem = statusChangeProblem(row.status as WebhookStatus, change);
      if (problem) return { kind: 'notAllowed', problem };
      const modified = this.#now();
      const columns = change === 'activate' ? { modified } : { modified, deactivated: modified };
      const status = STATUS_AFTER[change];
      await manager.update(WebhookEntity, { id: ref.id }, { ...columns, status });
      const webhook = toPublicWebhook(await reload(manager, ref.id));
      const changes = fieldChanges(toPublicWebhook(row), webhook);
      await this.#record(manager, ref, { action: status, by, changes });
      return { kind: 'found', webhook };
    });
  }

  remove(ref: WebhookRef, by: Author = POSTRIDER): Promise<Removed | NotFound | NotAllowed> {
    return this.#locked(ref, async (manager, row) => {
      const problem = statusChangeProblem(row.status as WebhookStatus, 'delete');
      if (problem) return { kind: 'notAllowed', problem };
      await manager.delete(WebhookEntity, { id: ref.id });
      const changes = fieldChanges(toPublicWebhook(row), null);
      await this.#record(manager, ref, { action: 'deleted', by, changes });
      return { kind: 'removed' };
    });
  }

  /** For routing: those that are activated, or were. */
  findCollectingByClients(clientIds: readonly number[]): Promise<CollectingWebhook[]> {
    return this.#database.run((manager) => findCollecting(manager, clientIds));
  }

  /** For delivery: with passwords and passphrases in the clear. Keep them out of logs and queues. */
  findById(id: number): Promise<Webhook | null> {
    return this.#database.run((manager) => findReadable(manager, id, this.#cipher));
  }

  findByIds(ids: readonly number[]): Promise<ReadonlyMap<number, Webhook | CredentialUnreadable>> {
    return this.#database.run((manager) => findManyReadable(manager, ids, this.#cipher));
  }

  #authenticationColumns(authentication: Authentication, webhookId: number, before: WebhookRow | null) {
    const place = { cipher: this.#cipher, webhookId, before, now: this.#now().getTime() };
    return authenticationColumns(authentication, place);
  }

  #record(
    manager: EntityManager,
    webhook: WebhookRef,
    entry: { action: AuditAction; by: Author; changes: readonly FieldChange[] },
  ): Promise<void> {
    return recordChange(manager, { webhook, at: this.#now(), ...entry });
  }

  #transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#database.run((manager) => manager.transaction(work));
  }

  /** Changes of one webhook wait for each other at its row, so that each sees what the one before it left. */
  #locked<T>(
    ref: WebhookRef,
    change: (manager: EntityManager, row: WebhookRow) => Promise<T>,
  ): Promise<T | NotFound> {
    return this.#transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await manager.findOne(WebhookEntity, { where: { id: ref.id }, lock });
      const claim = claimed(row, ref);
      return claim.kind === 'own' ? change(manager, claim.row) : claim;
    });
  }
}
