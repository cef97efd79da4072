import type { EventType } from '#libs/domain/eventType.ts';
import type { Backlog } from './backlog.ts';
import { chunkOf, type Pending } from './pending.ts';
import { OVERTAKEN, type Overtaken } from './transitions.ts';

/** Events that were dropped; `type` is null when there were none. */
export interface Dropped {
  readonly events: number;
  readonly type: EventType | null;
}

/**
 * The webhook is deleted: drops all that waits for it. Its events are of one type, unless the webhook's own was changed
 * while they waited: then all count as those of the oldest.
 */
export async function dropCounted(
  backlog: Pick<Backlog, 'read' | 'readAside' | 'drop'>,
  webhookId: number,
): Promise<Dropped> {
  const entries = await backlog.read(webhookId, null, null, 1);
  const parts = await backlog.readAside(webhookId, null, Number.MAX_SAFE_INTEGER, 1);
  const oldest = first(entries) ?? first(parts);
  const events = await backlog.drop(webhookId);
  return { events, type: oldest ? chunkOf(oldest).type : null };
}

function first(units: readonly Pending[] | Overtaken): Pending | undefined {
  return units === OVERTAKEN ? undefined : units[0];
}
