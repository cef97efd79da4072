import type { EntityManager } from 'typeorm';
import type { Database } from '#libs/store/database.ts';
import { SealBroken } from '#libs/store/seal.ts';
import type { KeptCipher, KeptPlace } from './keptCipher.ts';

/** How far the rotation of kept chunks is. */
export interface KeptRotation {
  readonly looked: number;
  readonly encrypted: number;
  /** How many chunks none of the keys opens. */
  readonly unreadable: number;
}

export interface KeptRotationParts {
  readonly database: Database;
  /** Its first key becomes the key of all. */
  readonly cipher: KeptCipher;
  readonly batchSize?: number;
  readonly onProgress: (progress: KeptRotation) => void;
  readonly signal?: AbortSignal;
}

interface Row extends KeptPlace {
  readonly id: number;
  readonly sealed: Buffer;
}

/** Some hundred kilobytes, and some milliseconds. */
const BATCH_SIZE = 100;

/**
 * Encrypts kept events with the current key that are not yet, beside a running system: in batches, each a transaction.
 * What was done stays done when it is interrupted. Chunks of more than a megabyte make a batch slow, not wrong.
 */
export async function rotateKept(parts: KeptRotationParts): Promise<KeptRotation> {
  const { database, cipher, batchSize = BATCH_SIZE, onProgress, signal } = parts;
  let progress: KeptRotation = { looked: 0, encrypted: 0, unreadable: 0 };
  let after = 0;
  while (!signal?.aborted) {
    const batch = await database.run((manager) =>
      manager.transaction('READ COMMITTED', (inside) => rotateBatch(inside, { cipher, batchSize, after })),
    );
    if (batch.looked === 0) break;
    after = batch.lastId;
    progress = {
      looked: progress.looked + batch.looked,
      encrypted: progress.encrypted + batch.encrypted,
      unreadable: progress.unreadable + batch.unreadable,
    };
    onProgress(progress);
  }
  return progress;
}

async function rotateBatch(
  manager: EntityManager,
  { cipher, batchSize, after }: { cipher: KeptCipher; batchSize: number; after: number },
): Promise<KeptRotation & { readonly lastId: number }> {
  const rows: Row[] = await manager.query(
    `SELECT id, webhook_id AS webhookId, reason, unit_id AS unitId, sealed FROM kept_chunk
     WHERE id > ? ORDER BY id LIMIT ? FOR UPDATE`,
    [after, batchSize],
  );
  let encrypted = 0;
  let unreadable = 0;
  for (const row of rows) {
    const place = { ...row, webhookId: Number(row.webhookId) };
    if (cipher.isCurrent(row.sealed, place)) continue;
    const bytes = open(cipher, row.sealed, place);
    if (bytes === null) unreadable += 1;
    else {
      const sealed = cipher.seal(bytes, place);
      await manager.query('UPDATE kept_chunk SET sealed = ? WHERE id = ?', [sealed, row.id]);
      encrypted += 1;
    }
  }
  return { looked: rows.length, encrypted, unreadable, lastId: Number(rows.at(-1)?.id ?? after) };
}

function open(cipher: KeptCipher, sealed: Buffer, place: KeptPlace): Buffer | null {
  try {
    return cipher.open(sealed, place);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
