import { hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Keys, Seal } from '#libs/store/seal.ts';

/** Webhooks whose keys are at hand: some hundred bytes each. */
const MAX_WEBHOOKS = 10_000;
const KEY_BYTES = 32;

/** Where a kept chunk belongs. */
export interface KeptPlace {
  readonly webhookId: number;
  readonly reason: string;
  readonly unitId: string;
}

/**
 * Encrypts kept chunks, which hold recipients' addresses, bound to their row. Each webhook has a key of its own,
 * derived from ENCRYPTION_KEY: no key seals so many chunks (2^32) that a random nonce could come twice.
 */
export class KeptCipher {
  readonly #keys: Keys;
  readonly #seals = new LRUCache<number, Seal>({ max: MAX_WEBHOOKS });

  constructor({ keys }: { keys: Keys }) {
    this.#keys = keys;
  }

  seal(bytes: Buffer, place: KeptPlace): Buffer {
    return this.#sealOf(place.webhookId).seal(bytes, nameOf(place));
  }

  /** Throws SealBroken. */
  open(sealed: Buffer, place: KeptPlace): Buffer {
    return this.#sealOf(place.webhookId).open(sealed, nameOf(place));
  }

  /** Whether the current key has sealed it. */
  isCurrent(sealed: Buffer, { webhookId }: KeptPlace): boolean {
    return this.#sealOf(webhookId).isCurrent(sealed);
  }

  #sealOf(webhookId: number): Seal {
    const known = this.#seals.get(webhookId);
    if (known) return known;
    const [current, ...older] = this.#keys;
    const made = new Seal({
      keys: [derive(current, webhookId), ...older.map((key) => derive(key, webhookId))],
    });
    this.#seals.set(webhookId, made);
    return made;
  }
}

function derive(key: Buffer, webhookId: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `postrider kept events: webhook ${webhookId}`, KEY_BYTES));
}

function nameOf({ webhookId, reason, unitId }: KeptPlace): string {
  return `kept:${webhookId}:${reason}:${unitId}`;
}
