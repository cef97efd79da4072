export interface HeldLimits {
  readonly total: number;
  readonly perClient: number;
}

/**
 * How many bytes of bodies are in memory at once. A parsed body takes several times as much, so that a process stays
 * within some hundred MB whatever comes; one client can't take it all.
 */
export const HELD_LIMITS: HeldLimits = { total: 64 * 1_048_576, perClient: 32 * 1_048_576 };

/** Whose limit is reached; null: neither's. */
export type Refusal = 'client' | 'all' | null;

/** Counts what is held. Whoever would go beyond a limit is refused, and keeps what he had. */
export class HeldBytes {
  readonly #limits: HeldLimits;
  #total = 0;
  readonly #byClient = new Map<number, number>();

  constructor(limits: HeldLimits) {
    this.#limits = limits;
  }

  /** A request's share, which it resizes as it goes on, and to 0 at its end. */
  room(clientId: number): { resize(bytes: number): Refusal } {
    let held = 0;
    return {
      resize: (bytes) => {
        const refusal = this.#add(clientId, bytes - held);
        if (refusal === null) held = bytes;
        return refusal;
      },
    };
  }

  /** Giving back is never refused. */
  #add(clientId: number, bytes: number): Refusal {
    const own = (this.#byClient.get(clientId) ?? 0) + bytes;
    const total = this.#total + bytes;
    if (bytes > 0 && own > this.#limits.perClient) return 'client';
    if (bytes > 0 && total > this.#limits.total) return 'all';
    this.#total = total;
    if (own === 0) this.#byClient.delete(clientId);
    else this.#byClient.set(clientId, own);
    return null;
  }
}
