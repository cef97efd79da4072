import type { KeyLayout } from './keys.ts';
import type { Scripts } from './scripts.ts';
import { OVERTAKEN, type Overtaken } from './transitions.ts';

/** Spreads the POSTs of a webhook over time, whichever worker sends them. */
export class Permits {
  readonly #scripts: Scripts;
  readonly #keys: KeyLayout;

  constructor({ scripts, keys }: { scripts: Scripts; keys: KeyLayout }) {
    this.#scripts = scripts;
    this.#keys = keys;
  }

  /** How long the next POST has to wait (ms); 0 permits it, and keeps the one after it away for the interval. */
  async take(webhookId: number, run: string, intervalMicros: number): Promise<number | Overtaken> {
    const { state } = this.#keys.of(webhookId);
    const reply = await this.#scripts.run({ name: 'permit', keys: [state], args: [run, intervalMicros] });
    return reply === null ? OVERTAKEN : Math.ceil(Number(reply) / 1_000);
  }
}
