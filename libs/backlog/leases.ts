import type { KeyLayout } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** As a dead worker's jobs are another's after it, so are its direct runs' webhooks. */
export const LEASE_MS = 10_000;

/** Keeps others away from a webhook while a direct run, which has no job to be locked, is at it. */
export class Leases {
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;
  readonly #clock: () => number;

  constructor({ scripts, keys, clock }: { scripts: Scripts; keys: KeyLayout; clock: () => number }) {
    this.#scripts = scripts;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** For `LEASE_MS` from now, if the run still has it. */
  renew(webhookId: number, run: string): Promise<void> {
    return this.#set(webhookId, run, LEASE_MS);
  }

  end(webhookId: number, run: string): Promise<void> {
    return this.#set(webhookId, run, 0);
  }

  async #set(webhookId: number, run: string, leaseMs: number): Promise<void> {
    const { lease, waiting } = this.#keys.of(webhookId);
    const args = [webhookId, run, leaseMs, this.#clock() + leaseMs];
    await this.#scripts.run({ name: 'lease', keys: [lease, waiting], args });
  }
}
