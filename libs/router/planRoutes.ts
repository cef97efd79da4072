import type { Event } from '#libs/domain/event.ts';
import type { EventType } from '#libs/domain/eventType.ts';
import { pagesOf } from '#libs/domain/pagesOf.ts';
import type { RoutedChunk } from './backlogSink.ts';

/** A webhook that collects events: all of its type, or, once deactivated, those that were added until then. */
export interface Route {
  readonly id: number;
  readonly type: EventType;
  /** Epoch ms. */
  readonly until?: number;
}

/** The webhooks of each client, as far as they are known. */
export type Routes = ReadonlyMap<number, readonly Route[]>;

/** Events of one job, which came into its queue at `addedAt` (epoch ms). */
export interface AddedEvents {
  readonly events: readonly Event[];
  readonly addedAt: number;
}

/** Gives each event to every webhook of its client and type, in order, as chunks of `batchSize`. Pure. */
export function planRoutes(jobs: Iterable<AddedEvents>, routes: Routes, batchSize: number): RoutedChunk[] {
  const eventsOf = new Map<number, Event[]>();
  for (const { events, addedAt } of jobs) {
    for (const event of events) {
      for (const { id, type, until } of routes.get(event.clientId) ?? []) {
        if (type !== event.type || (until !== undefined && !(addedAt <= until))) continue;
        const collected = eventsOf.get(id);
        if (collected) collected.push(event);
        else eventsOf.set(id, [event]);
      }
    }
  }
  return [...eventsOf].flatMap(([webhookId, all]) => {
    return pagesOf(all, batchSize).map((events) => ({ webhookId, events }));
  });
}
