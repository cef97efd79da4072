import { describe, expect, it } from '@jest/globals';
import type { ReceivedEvent } from './events.ts';
import { createReceiver, type ReceiverOptions } from './receiver.ts';
import { createMemorySeen, eventKey } from './seen.ts';

const event = (more: object = {}): ReceivedEvent => ({
  type: 'sent',
  clientId: 7,
  created: 1,
  attempt: 1,
  ...more,
});
const post = (body: unknown) => ({
  method: 'POST',
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

/** A receiver, and the ids of the events that were handed over, POST by POST. */
function makeReceiver(options: Partial<ReceiverOptions> = {}) {
  const handed: unknown[][] = [];
  const receiver = createReceiver({
    authentication: { type: 'none' },
    onEvents: (events) => {
      handed.push(events.map(({ id, n }) => id ?? n));
    },
    ...options,
  });
  const statusOf = async (body: unknown) => (await receiver.receive(post(body))).status;
  return { receiver, handed, statusOf };
}

describe('a receiver', () => {
  it('hands events over once, whatever else is in the batch and whichever attempt it is', async () => {
    const { handed, statusOf } = makeReceiver();
    expect(await statusOf([event({ id: 'a' }), event({ id: 'b' })])).toBe(200);
    expect(await statusOf([event({ id: 'b', attempt: 2 }), event({ id: 'c' }), event({ id: 'c' })])).toBe(
      200,
    );
    expect(await statusOf([event({ id: 'a', attempt: 3 })])).toBe(200);
    expect(handed).toEqual([['a', 'b'], ['c']]);
  });

  it('hands them over again when they could not be handled', async () => {
    let isBroken = true;
    const { handed, receiver, statusOf } = makeReceiver({
      onEvents: (events) => {
        if (isBroken) throw new Error('the database is away');
        handed.push(events.map(({ id }) => id));
      },
    });
    expect(await receiver.receive(post([event({ id: 'a' })]))).toMatchObject({
      status: 500,
      error: new Error('the database is away'),
    });
    isBroken = false;
    expect(await statusOf([event({ id: 'a', attempt: 2 })])).toBe(200);
    expect(handed).toEqual([['a']]);
  });

  it('says neither yes nor no while an event of it is being handled', async () => {
    const end = Promise.withResolvers<void>();
    const { handed, receiver, statusOf } = makeReceiver({
      onEvents: (events) => {
        handed.push(events.map(({ id }) => id));
        return end.promise;
      },
    });
    const first = statusOf([event({ id: 'a' })]);
    expect(await receiver.receive(post([event({ id: 'a' }), event({ id: 'b' })]))).toEqual({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    end.resolve();
    expect(await first).toBe(200);
    expect(await statusOf([event({ id: 'a' }), event({ id: 'b' })])).toBe(200);
    expect(handed).toEqual([['a'], ['b']]);
  });

  it.each([
    '',
    '{}',
    '[]',
    'null',
    '[1]',
    '[null]',
    '[{}]',
    '[{"type":"open"}]',
    [{ ...event(), attempt: '1' }],
    '[{',
  ])('refuses what is no batch: %j', async (body) => {
    const { handed, statusOf } = makeReceiver();
    expect(await statusOf(body)).toBe(400);
    expect(handed).toEqual([]);
  });

  it('refuses other methods, and whoever can not say who he is', async () => {
    const { receiver } = makeReceiver({
      authentication: { type: 'basicAuth', userName: 'a', password: 'b' },
    });
    expect(await receiver.receive({ ...post([event()]), method: 'GET' })).toEqual({
      status: 405,
      headers: { allow: 'POST' },
    });
    expect(await receiver.receive(post([event()]))).toEqual({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="webhook"' },
    });
  });
});

describe('events are the same', () => {
  const key = (more: object) => eventKey(event(more));

  it.each<[string, object, object]>([
    ['by their id', { id: 'a' }, { id: 'a', attempt: 2, more: 1 }],
    ['without one, by all but the attempt', { n: 1 }, { n: 1, attempt: 2 }],
  ])('%s', (_how, one, other) => {
    expect(key(one)).toBe(key(other));
  });

  it.each<[string, object, object]>([
    ['with another id', { id: 'a' }, { id: 'b' }],
    ['of another type', { id: 'a' }, { id: 'a', type: 'bounce' }],
    ['of another client', { id: 'a' }, { id: 'a', clientId: 8 }],
    ['without an id, but with another field', { n: 1 }, { n: 2 }],
  ])('but not %s', (_how, one, other) => {
    expect(key(one)).not.toBe(key(other));
  });
});

describe('the memory', () => {
  it('forgets the oldest beyond its capacity', async () => {
    const { handed, statusOf } = makeReceiver({ seen: createMemorySeen({ capacity: 2 }) });
    for (const id of ['a', 'b', 'c', 'b', 'c', 'a']) await statusOf([event({ id })]);
    expect(handed).toEqual([['a'], ['b'], ['c'], ['a']]);
  });
});
