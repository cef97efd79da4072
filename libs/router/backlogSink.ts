import type { Event } from '#libs/domain/event.ts';

/** Events for one webhook, at most a batch of them, all of the webhook's type, oldest first. */
export interface RoutedChunk {
  readonly webhookId: number;
  readonly events: readonly Event[];
}

/** Where routed events go: the backlogs of the webhooks. */
export interface BacklogSink {
  /**
   * Resolves when all chunks are durably in their backlogs and their delivery jobs exist. `wakeAlways`: an
   * earlier try may have died between the two, so don't infer from a backlog with events that it has a job.
   * `commit`: a number, from 1 and rising; the same one is tried again after a failure, and written once.
   * `frees`: it makes room in Redis on the whole, and so may be done while Redis is full.
   */
  append(
    chunks: readonly RoutedChunk[],
    options: { readonly wakeAlways: boolean; readonly commit: number; readonly frees: boolean },
  ): Promise<void>;
}
