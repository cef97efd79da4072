import type { EntityManager } from 'typeorm';
import type { EventType } from '#libs/domain/eventType.ts';

/** What a worker wants to know of a webhook to route an event to it. */
export interface CollectingWebhook {
  readonly id: number;
  readonly clientId: number;
  readonly type: EventType;
  /** It was deactivated then (epoch ms): it gets what was added before, however late that is routed. */
  readonly until?: number;
}

interface Row {
  readonly id: number | string;
  readonly clientId: number | string;
  readonly type: EventType;
  readonly until: Date | null;
}

export async function findCollecting(
  manager: EntityManager,
  clientIds: readonly number[],
): Promise<CollectingWebhook[]> {
  if (clientIds.length === 0) return [];
  const rows: Row[] = await manager.query(
    `SELECT id, client_id AS clientId, type, IF(status = 'activated', NULL, deactivated) AS until
     FROM webhook WHERE client_id IN (?) AND status <> 'created'`,
    [clientIds],
  );
  return rows.map(({ id, clientId, type, until }) => {
    const webhook = { id: Number(id), clientId: Number(clientId), type };
    return until === null ? webhook : { ...webhook, until: until.getTime() };
  });
}
