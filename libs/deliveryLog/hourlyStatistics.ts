import type { Database } from '#libs/store/database.ts';
import { type Interval, measureOf, toInterval } from './statistics.ts';
import { hourOf, startOfHour } from './transmissionId.ts';

export interface StartedInterval extends Interval {
  readonly start: Date;
}

interface Row {
  readonly hour: number;
  readonly measure: number;
  readonly amount: number | string;
}

/** Reads what was counted of webhooks; and counts what comes in by hand, where no DeliveryLog gathers it. */
export class HourlyStatistics {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  /** The hours that have a part between `from` and `to` (epoch ms), oldest first; those without anything as well. */
  async intervals(webhookId: number, { from, to }: { from: number; to: number }): Promise<StartedInterval[]> {
    const first = hourOf(from);
    const hours = Array.from(
      { length: Math.max(0, hourOf(to - 1) - first + 1) },
      (_, index) => first + index,
    );
    if (hours.length === 0) return [];
    // Hour by hour, as the rows of one hour are those of all webhooks.
    const rows: Row[] = await this.#database.run((manager) =>
      manager.query(
        `SELECT hour, measure, amount FROM webhook_statistics FORCE INDEX (PRIMARY)
         WHERE hour IN (?) AND webhook_id = ?`,
        [hours, webhookId],
      ),
    );
    const byHour = Map.groupBy(rows, ({ hour }) => Number(hour));
    return hours.map((hour) => {
      const amounts = (byHour.get(hour) ?? []).map(
        ({ measure, amount }) => [measure, Number(amount)] as const,
      );
      return { start: new Date(startOfHour(hour)), ...toInterval(new Map(amounts)) };
    });
  }
  /** `at`: epoch ms. */
  async addReceived(webhookId: number, events: number, at: number): Promise<void> {
    await this.#database.run((manager) =>
      manager.query(
        `INSERT INTO webhook_statistics (hour, webhook_id, measure, amount) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount)`,
        [hourOf(at), webhookId, measureOf('received'), events],
      ),
    );
  }
}
