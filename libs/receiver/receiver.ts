import { type Authentication, type Headers, isAuthentic } from './authentication.ts';
import { parseBatch, type ReceivedEvent } from './events.ts';
import { createMemorySeen, eventKey, type SeenStore } from './seen.ts';

export interface ReceiverOptions {
  readonly authentication: Authentication;
  /**
   * Gets the events of a POST that have not been handled before. Once it resolves they are taken; when it rejects,
   * all of them come again.
   */
  readonly onEvents: (events: readonly ReceivedEvent[]) => Promise<void> | void;
  /** Default: this process's memory. */
  readonly seen?: SeenStore;
  readonly maxBodyBytes?: number;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** A request, its body as it came, byte for byte. */
export interface Incoming {
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What to answer. Any status but 200 makes Postrider send the events again. */
export interface Verdict {
  readonly status: 200 | 400 | 401 | 405 | 413 | 500 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** Why it is a 500: what `onEvents` has thrown. */
  readonly error?: unknown;
}

export interface Receiver {
  readonly maxBodyBytes: number;
  receive(request: Incoming): Promise<Verdict>;
}

/** Far more than 100 events of a mail engine have. */
const MAX_BODY_BYTES = 16 * 1_048_576;

export const TOO_LARGE: Verdict = { status: 413, headers: { connection: 'close' } };
const ACCEPTED: Verdict = { status: 200, headers: {} };
const BUSY: Verdict = { status: 503, headers: { 'retry-after': '1' } };

/** Comes in: a request of whoever. Goes out: its answer, after the events that are new were handed over once. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { authentication, onEvents, seen = createMemorySeen(), now = Date.now } = options;

  async function handOver(events: readonly ReceivedEvent[]): Promise<Verdict> {
    const byKey = new Map(events.map((event) => [eventKey(event), event]));
    const claimed = await seen.claim([...byKey.keys()]);
    if (claimed === 'busy') return BUSY;
    const fresh = claimed.flatMap((key) => byKey.get(key) ?? []);
    if (fresh.length === 0) return ACCEPTED;
    try {
      await onEvents(fresh);
    } catch (error) {
      await seen.finish(claimed, false);
      return { status: 500, headers: {}, error };
    }
    await seen.finish(claimed, true);
    return ACCEPTED;
  }

  return {
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    async receive({ method, headers, body }) {
      if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
      if (!isAuthentic(authentication, { headers, body }, now())) return unauthorized(authentication);
      const events = parseBatch(body);
      return events === null ? { status: 400, headers: {} } : handOver(events);
    },
  };
}

function unauthorized({ type }: Authentication): Verdict {
  const headers = type === 'basicAuth' ? { 'www-authenticate': 'Basic realm="webhook"' } : {};
  return { status: 401, headers: headers as Record<string, string> };
}
