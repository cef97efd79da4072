import { setTimeout as sleep } from 'node:timers/promises';
import { makeEvent } from '#libs/testing/fixtures.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import type { Targets } from './targetsProcess.ts';
import { type Hook, World } from './world.ts';

const ALL_ARRIVED_WITHIN_MS = 60_000;

/** One deployment with healthy targets, whose latency is measured. */
export class Side {
  readonly world: World;
  readonly #targets: Targets;
  readonly #hooks: readonly Hook[];
  #published = 0;

  private constructor(parts: { world: World; targets: Targets; hooks: readonly Hook[] }) {
    this.world = parts.world;
    this.#targets = parts.targets;
    this.#hooks = parts.hooks;
  }

  static async open(
    settings: Readonly<Record<string, string>>,
    healthy: number,
    { worker = true, host = '127.0.0.1' } = {},
  ): Promise<Side> {
    const world = await World.open(settings);
    const targets = await world.targets();
    const urls = Array.from({ length: healthy }, (_, index) => targets.url('good', index, host));
    const hooks = await world.webhooks(urls);
    if (worker) await world.worker();
    return new Side({ world, targets, hooks });
  }

  /** One event to the next of the healthy targets. */
  publishOne(): Promise<void> {
    const hook = this.#hooks[this.#published % this.#hooks.length];
    this.#published += 1;
    return publishTo(this.world, hook ? [hook] : []);
  }

  /** The latencies of all that was published since it was asked last, once all have arrived (ms). */
  async latenciesMs(timeoutMs = ALL_ARRIVED_WITHIN_MS): Promise<number[]> {
    const latencies: number[] = [];
    await waitUntil(
      async () => {
        latencies.push(...(await this.#targets.report()).latenciesMs);
        return latencies.length >= this.#published;
      },
      { what: `${this.#published} events at healthy targets`, timeoutMs },
    );
    this.#published = 0;
    return latencies;
  }
}

/** One event to each. */
export function publishTo({ publisher }: World, hooks: readonly Hook[]): Promise<void> {
  const sentAt = performance.timeOrigin + performance.now();
  return publisher.publish(hooks.map(({ clientId }) => makeEvent({ clientId, sentAt })));
}

/** Publishes one event to each side, many times: what slows the machine down meets all of them alike. */
export async function publishToAll(sides: readonly Side[], count: number, everyMs: number): Promise<void> {
  const publishing: Promise<void>[] = [];
  for (let round = 0; round < count; round += 1) {
    const inTurn = round % 2 === 0 ? sides : sides.toReversed();
    publishing.push(...inTurn.map((side) => side.publishOne()));
    await sleep(everyMs);
  }
  await Promise.all(publishing);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
