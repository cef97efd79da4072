import { type EntityManager, In } from 'typeorm';
import type { Webhook } from '#libs/domain/webhook.ts';
import { type CredentialCipher, CredentialUnreadable } from './credentialCipher.ts';
import { WebhookEntity } from './webhookEntity.ts';
import { readableWebhook } from './webhookMapping.ts';

/** Webhooks by id, with their secrets in the clear; in the place of one whose secret can't be read: why. */
export async function findManyReadable(
  manager: EntityManager,
  ids: readonly number[],
  cipher: CredentialCipher,
): Promise<ReadonlyMap<number, Webhook | CredentialUnreadable>> {
  const rows = await manager.findBy(WebhookEntity, { id: In([...ids]) });
  return new Map(rows.map((row) => [Number(row.id), readableWebhook(row, cipher)]));
}

export async function findReadable(
  manager: EntityManager,
  id: number,
  cipher: CredentialCipher,
): Promise<Webhook | null> {
  const found = (await findManyReadable(manager, [id], cipher)).get(id) ?? null;
  if (found instanceof CredentialUnreadable) throw found;
  return found;
}
