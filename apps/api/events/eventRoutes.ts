import { type Request, type RequestHandler, Router } from 'express';
import type { ThrottledLog } from '#libs/logging/throttledLog.ts';
import type { Publisher } from '#libs/publisher/publisher.ts';
import { otherMethods } from '../otherMethods.ts';
import { ApiProblem } from '../problem.ts';
import { clientIdOf } from '../requestIds.ts';
import { respond } from '../respond.ts';
import { HELD_LIMITS, HeldBytes, type Refusal } from './heldBytes.ts';
import type { IdempotencyKeys, Once } from './idempotencyKeys.ts';
import { readEvents } from './readEvents.ts';
import { announcedBytes, receiveBody } from './receiveBody.ts';

export interface EventRouteParts {
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly keys: Pick<IdempotencyKeys, 'once'>;
  /** Of what could not be queued. */
  readonly warnings: Pick<ThrottledLog, 'line'>;
}

const KEY_HEADER = 'Idempotency-Key';
/** The draft of its specification leaves the form open; this is what a header can carry. */
const KEY = /^[\x20-\x7e]{1,255}$/;
const PRESSURE_RETRY_AFTER_S = 1;
const REDIS_RETRY_AFTER_S = 5;

/** Events come in over HTTP, below `/rest/{clientId}`, and go into the queues as a mail engine's do (contract §5). */
export function createEventRoutes({ publisher, keys, warnings }: EventRouteParts): Router {
  const held = new HeldBytes(HELD_LIMITS);

  const post: RequestHandler = async (request, response) => {
    const clientId = clientIdOf(request);
    const key = keyOf(request);
    const room = held.room(clientId);
    try {
      refuseUnder(room.resize(announcedBytes(request)));
      const body = await receiveBody(request);
      refuseUnder(room.resize(body.bytes.length));
      const { events, rejected } = readEvents(body, clientId);
      const queue = () => publisher.publish(events);
      if (key === null) await queue().catch(notQueued);
      else refuseOther(await keys.once({ clientId, key, body: body.bytes }, queue).catch(notQueued));
      respond(request, response, { status: 202, body: { accepted: events.length, rejected } });
    } finally {
      room.resize(0);
    }
  };

  function notQueued(error: unknown): never {
    warnings.line('events', 'Events that came over HTTP were not queued', { error });
    const isFull = error instanceof Error && /OOM|is full/.test(error.message);
    const reason = isFull ? 'The queues are full' : 'The queues cannot be reached now';
    const detail = `${reason}. Send the events again; some of them may have been queued, and then come twice.`;
    throw new ApiProblem('unavailable', detail, { headers: retryAfter(REDIS_RETRY_AFTER_S) });
  }

  const router = Router({ mergeParams: true });
  router.route('/events').post(post).all(otherMethods('POST'));
  return router;
}

/** The quotation marks that a structured header has may be left out. */
function keyOf({ headers }: Request): string | null {
  const given = headers[KEY_HEADER.toLowerCase()];
  if (given === undefined) return null;
  const key = String(given).replace(/^"(.*)"$/, '$1');
  if (KEY.test(key)) return key;
  const message = 'must have 1 to 255 characters of ASCII';
  throw new ApiProblem('invalid-request', `${KEY_HEADER} ${message}.`, {
    errors: [{ field: KEY_HEADER, message }],
  });
}

function refuseUnder(pressure: Refusal): void {
  if (pressure === null) return;
  const headers = retryAfter(PRESSURE_RETRY_AFTER_S);
  if (pressure === 'client') {
    const detail = 'There are too many events of this client on their way. Wait for answers.';
    throw new ApiProblem('too-many-requests', detail, { headers });
  }
  throw new ApiProblem('unavailable', 'There are too many events on their way. Try again.', { headers });
}

function refuseOther(once: Once): void {
  if (once === 'otherRequest') {
    const detail = `Another request has had this ${KEY_HEADER} within a day. Take a new one.`;
    throw new ApiProblem('key-reused', detail);
  }
  if (once === 'underWay') {
    const headers = retryAfter(PRESSURE_RETRY_AFTER_S);
    throw new ApiProblem('key-in-use', 'The same request is under way. Ask again for its answer.', {
      headers,
    });
  }
}

function retryAfter(seconds: number): Record<string, string> {
  return { 'Retry-After': String(seconds) };
}
