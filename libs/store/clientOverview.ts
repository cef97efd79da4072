import type { Database } from './database.ts';

/** How many webhooks a client has, and of which kind. */
export interface ClientOverview {
  readonly clientId: number;
  readonly webhooks: number;
  readonly activated: number;
  readonly suspended: number;
  /** Of those that are activated. */
  readonly failing: number;
}

/** Clients that have webhooks: first those of which webhooks fail or are suspended. */
export async function listClients(
  database: Database,
  { failingIds, limit }: { readonly failingIds: readonly number[]; readonly limit: number },
): Promise<ClientOverview[]> {
  // No webhook has the id 0; a list must not be empty.
  const ids = failingIds.length > 0 ? failingIds : [0];
  const rows: Record<keyof ClientOverview, number | string>[] = await database.run((manager) =>
    manager.query(
      `SELECT client_id AS clientId, COUNT(*) AS webhooks, SUM(status = 'activated') AS activated,
         SUM(status = 'suspended') AS suspended, SUM(status = 'activated' AND id IN (?)) AS failing
       FROM webhook GROUP BY client_id ORDER BY failing DESC, suspended DESC, client_id LIMIT ?`,
      [ids, limit],
    ),
  );
  return rows.map((row) => ({
    clientId: Number(row.clientId),
    webhooks: Number(row.webhooks),
    activated: Number(row.activated),
    suspended: Number(row.suspended),
    failing: Number(row.failing),
  }));
}
