import { type EntityManager, MoreThan } from 'typeorm';
import { type CredentialCipher, CredentialUnreadable } from './credentialCipher.ts';
import type { Database } from './database.ts';
import { WebhookEntity } from './webhookEntity.ts';

/** How far a rotation is; counts are of webhooks. */
export interface RotationProgress {
  readonly total: number;
  readonly looked: number;
  readonly encrypted: number;
  /** Ids of webhooks whose secret none of the keys opens. */
  readonly unreadable: readonly number[];
}

export interface RotationParts {
  readonly database: Database;
  /** Its first key becomes the key of all secrets. */
  readonly cipher: CredentialCipher;
  readonly batchSize?: number;
  /** After each batch. Aborting stops before the next one. */
  readonly onProgress: (progress: RotationProgress) => void;
  readonly signal?: AbortSignal;
}

/** Short enough to lock nobody out for long: a transaction of some milliseconds. */
const BATCH_SIZE = 100;

/**
 * Encrypts every stored secret with the current key that is not yet. In batches, each a transaction that locks its
 * rows, so that it can run beside the API and the workers; what was done stays done when it is interrupted, and a
 * second run passes over it. Resolves to the progress at its end.
 */
export async function rotateKeys(parts: RotationParts): Promise<RotationProgress> {
  const { database, cipher, batchSize = BATCH_SIZE, onProgress, signal } = parts;
  const total = await database.run((manager) => manager.count(WebhookEntity));
  let progress: RotationProgress = { total, looked: 0, encrypted: 0, unreadable: [] };
  let after = 0;
  while (!signal?.aborted) {
    const batch = await database.run((manager) =>
      manager.transaction((inside) => rotateBatch(inside, { cipher, batchSize, after })),
    );
    if (batch.looked === 0) break;
    after = batch.lastId;
    progress = {
      total: Math.max(total, progress.looked + batch.looked),
      looked: progress.looked + batch.looked,
      encrypted: progress.encrypted + batch.encrypted,
      unreadable: [...progress.unreadable, ...batch.unreadable],
    };
    onProgress(progress);
  }
  return progress;
}

async function rotateBatch(
  manager: EntityManager,
  { cipher, batchSize, after }: { cipher: CredentialCipher; batchSize: number; after: number },
): Promise<{ looked: number; lastId: number; encrypted: number; unreadable: number[] }> {
  const rows = await manager.find(WebhookEntity, {
    select: { id: true, secret: true },
    where: { id: MoreThan(after) },
    order: { id: 'ASC' },
    take: batchSize,
    lock: { mode: 'pessimistic_write' },
  });
  const unreadable: number[] = [];
  let encrypted = 0;
  for (const row of rows) {
    const id = Number(row.id);
    if (row.secret.length === 0 || cipher.isCurrent(row.secret)) continue;
    const secret = decrypt(cipher, row.secret, id);
    if (secret === null) unreadable.push(id);
    else {
      // `modified` stays: for its owner nothing has changed.
      await manager.update(WebhookEntity, { id }, { secret: cipher.encrypt(secret, id) });
      encrypted += 1;
    }
  }
  return { looked: rows.length, lastId: Number(rows.at(-1)?.id ?? after), encrypted, unreadable };
}

function decrypt(cipher: CredentialCipher, sealed: Buffer, id: number): string | null {
  try {
    return cipher.decrypt(sealed, id);
  } catch (error) {
    if (error instanceof CredentialUnreadable) return null;
    throw error;
  }
}
