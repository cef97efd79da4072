import { createHash } from 'node:crypto';
import type { ReceivedEvent } from './events.ts';

/**
 * Remembers which events have been handled. Give one of your own where several processes receive, or where restarts
 * shall not forget (the README has one on Redis).
 *
 *   new ──claim──▶ under way ──finish(done)──▶ done
 *    ▲                 └──────finish(not done)──┐
 *    └──────────────────────────────────────────┘
 */
export interface SeenStore {
  /** Which of these were new and are now claimed; or `busy`, and none is claimed, when another has one under way. */
  claim(keys: readonly string[]): Promise<readonly string[] | 'busy'>;
  /** Ends the claims: for good, or so that the events can come again. */
  finish(keys: readonly string[], isDone: boolean): Promise<void>;
}

/** About 10 MB. */
const CAPACITY = 100_000;

/** In this process's memory: the latest `capacity` events. */
export function createMemorySeen({ capacity = CAPACITY }: { capacity?: number } = {}): SeenStore {
  const underWay = new Set<string>();
  const done = new Set<string>();
  return {
    async claim(keys) {
      if (keys.some((key) => underWay.has(key))) return 'busy';
      const fresh = keys.filter((key) => !done.has(key));
      for (const key of fresh) underWay.add(key);
      return fresh;
    },
    async finish(keys, isDone) {
      for (const key of keys) {
        underWay.delete(key);
        if (isDone) done.add(key);
      }
      for (const oldest of done) {
        if (done.size <= capacity) break;
        done.delete(oldest);
      }
    },
  };
}

/** What makes an event the same when it comes again: its id or, without one, all that is in it but the attempt. */
export function eventKey({ attempt: _, ...event }: ReceivedEvent): string {
  const { type, clientId, id } = event;
  const what = typeof id === 'string' ? JSON.stringify([type, clientId, id]) : JSON.stringify(event);
  return createHash('sha256').update(what).digest('base64url');
}
