import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#libs/logging/logger.ts';
import type { BacklogSink, RoutedChunk } from './backlogSink.ts';
import type { CommitSize } from './commitSize.ts';
import type { Place } from './fetchedJobs.ts';
import { type AddedEvents, planRoutes, type Routes } from './planRoutes.ts';

/** The valid events of one job. */
export interface JobEvents extends AddedEvents {
  readonly place: Place;
  /** The job has been started before: it may have died after its events were written. */
  readonly startedBefore: boolean;
  /** Whether the job is still this worker's. */
  readonly hold: { isHeld(): Promise<boolean> };
}

export interface Committed {
  /** Clients whose webhooks can't be looked up now: their events are not written. */
  readonly unknownClients: ReadonlySet<number>;
  /** Jobs that are another worker's by now: their events are not written. */
  readonly lost: ReadonlySet<JobEvents>;
}

/** What the router needs of the directory. */
export interface RouteDirectory {
  sync(): Promise<void>;
  collectingWebhooks(clientIds: Iterable<number>): Promise<Routes>;
}

/** Short outages pass without a job leaving its place in the order; after these tries it has to. */
const TRIES = 10;
const PAUSE_MS = 1_000;
/** Chunks of so many copies of an event take less room than the job that it came in, whatever its size. */
const MAX_FREEING_COPIES = 2;

/** Events of a group of jobs come in; chunks for webhooks, durably in their backlogs, go out. */
export class RouteCommitter {
  readonly #directory: RouteDirectory;
  readonly #sink: BacklogSink;
  readonly #batchSize: number;
  readonly #size: Pick<CommitSize, 'note'>;
  readonly #logger: Logger;
  readonly #stopping: AbortSignal;
  #commits = 0;

  constructor(parts: {
    readonly directory: RouteDirectory;
    readonly sink: BacklogSink;
    readonly batchSize: number;
    readonly size: Pick<CommitSize, 'note'>;
    readonly logger: Logger;
    readonly stopping: AbortSignal;
  }) {
    this.#directory = parts.directory;
    this.#sink = parts.sink;
    this.#batchSize = parts.batchSize;
    this.#size = parts.size;
    this.#logger = parts.logger;
    this.#stopping = parts.stopping;
  }

  /** Waits in place while nothing can be written, which costs one try a second, however many jobs wait. */
  async commit(jobs: readonly JobEvents[]): Promise<Committed> {
    this.#commits += 1;
    const commit = this.#commits;
    for (let attempt = 1; ; attempt += 1) {
      try {
        // What failed may have been written, but not be awake.
        const wakeAlways = attempt > 1 || jobs.some(({ startedBefore }) => startedBefore);
        return await this.#tryCommit(jobs, { wakeAlways, commit });
      } catch (error) {
        if (attempt === TRIES || this.#stopping.aborted) throw error;
        this.#logger.warn('Events can not be routed now; trying again', {
          jobs: jobs.length,
          attempt,
          error,
        });
        await sleep(PAUSE_MS, undefined, { signal: this.#stopping }).catch(() => {});
      }
    }
  }

  /**
   * The directory is synchronised after the jobs were fetched: a change that was answered before an event was
   * added is known to the routing of that event.
   */
  async #tryCommit(
    jobs: readonly JobEvents[],
    options: { readonly wakeAlways: boolean; readonly commit: number },
  ): Promise<Committed> {
    await this.#directory.sync();
    const clientIds = new Set(jobs.flatMap(({ events }) => events.map(({ clientId }) => clientId)));
    const routes = await this.#directory.collectingWebhooks(clientIds);
    const unknownClients = clientIds.difference(routes);
    if (unknownClients.size > 0 && unknownClients.size === clientIds.size) {
      throw new Error(`the webhooks of ${clientIds.size} clients can't be looked up`);
    }
    const lost = await lostOf(jobs);
    const held = lost.size === 0 ? jobs : jobs.filter((job) => !lost.has(job));
    const chunks = planRoutes(held, routes, this.#batchSize);
    this.#size.note(chunks);
    if (chunks.length > 0) {
      await this.#sink.append(chunks, { ...options, frees: freesMemory(held, chunks) });
    }
    return { unknownClients, lost };
  }
}

/** Asked last, when whatever may have taken long is over. */
async function lostOf(jobs: readonly JobEvents[]): Promise<Set<JobEvents>> {
  const held = await Promise.all(jobs.map(({ hold }) => hold.isHeld()));
  return new Set(jobs.filter((_, index) => !held[index]));
}

/**
 * Whether the jobs, which go once their events are in backlogs, take more room in Redis than the chunks. Each event is
 * smaller there (compressed, or at least without a job of its own), but there once for each webhook.
 */
function freesMemory(jobs: readonly JobEvents[], chunks: readonly RoutedChunk[]): boolean {
  const count = (groups: readonly { readonly events: readonly unknown[] }[]) =>
    groups.reduce((sum, { events }) => sum + events.length, 0);
  return count(chunks) <= MAX_FREEING_COPIES * count(jobs);
}
