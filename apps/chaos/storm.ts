import { setTimeout as sleep } from 'node:timers/promises';
import { describe, type Fault, isCrash, isPause } from './faults.ts';
import type { FiredFault } from './latency.ts';
import type { PlannedFault, Track } from './schedule.ts';

/** Lets the tracks happen, and keeps what did. */
export class Storm {
  readonly fired: FiredFault[] = [];
  readonly notFired: string[] = [];
  readonly underWay = new Set<string>();
  readonly #startedAt: number;
  readonly #inflict: (fault: Fault) => Promise<void>;

  constructor(startedAt: number, inflictFault: (fault: Fault) => Promise<void>) {
    this.#startedAt = startedAt;
    this.#inflict = inflictFault;
  }

  async play({ faults }: Track): Promise<void> {
    for (const planned of faults) {
      await sleep(Math.max(0, this.#startedAt + planned.atMs - Date.now()));
      await this.#fire(planned);
    }
  }

  async #fire({ id, fault }: PlannedFault): Promise<void> {
    const description = describe(fault);
    const from = Date.now();
    this.underWay.add(description);
    try {
      await this.#inflict(fault);
      this.fired.push({
        id,
        description,
        from,
        to: Date.now(),
        isCrash: isCrash(fault),
        isPause: isPause(fault),
      });
    } catch (error) {
      this.notFired.push(`${id} (${description}): ${error instanceof Error ? error.message : error}`);
    } finally {
      this.underWay.delete(description);
    }
  }
}
