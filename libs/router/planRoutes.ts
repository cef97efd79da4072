import type { Event } from '#libs/domain/event.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import type { RoutedChunk } from './backlogSink.ts';

/** The activated webhooks of each client, as far as they are known. */
export type Routes = ReadonlyMap<number, readonly { readonly id: number; readonly type: EventType }[]>;

/** Gives each event to every webhook of its client and type, in order, as chunks of `batchSize`. Pure. */
export function planRoutes(events: Iterable<Event>, routes: Routes, batchSize: number): RoutedChunk[] {
  const eventsOf = new Map<number, Event[]>();
  for (const event of events) {
    for (const { id, type } of routes.get(event.clientId) ?? []) {
      if (type !== event.type) continue;
      const collected = eventsOf.get(id);
      if (collected) collected.push(event);
      else eventsOf.set(id, [event]);
    }
  }
  return [...eventsOf].flatMap(([webhookId, all]) => chunksOf(all, batchSize, webhookId));
}

function chunksOf(events: readonly Event[], batchSize: number, webhookId: number): RoutedChunk[] {
  const chunks: RoutedChunk[] = [];
  for (let start = 0; start < events.length; start += batchSize) {
    chunks.push({ webhookId, events: events.slice(start, start + batchSize) });
  }
  return chunks;
}
