import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SAMPLE_EVENTS, type SampledType } from '#libs/domain/sampleEvents.ts';
import { type Platform, startPlatform } from './platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const SAMPLES = '../../libs/domain/samples/';

/** The lines of a JSON text that is laid out as the samples are; the time and the attempt are blanked out. */
function lines(json: string): string[] {
  return JSON.stringify(JSON.parse(json), null, 2)
    .replaceAll(/"(created|attempt)": \d+/g, '"$1": …')
    .split('\n');
}

describe("The product description's own examples", () => {
  it.each(Object.keys(SAMPLE_EVENTS) as SampledType[])('come out as they stand there: %s', async (type) => {
    const sample = readFileSync(new URL(`${SAMPLES}${type}.json`, import.meta.url), 'utf8');
    const created = Date.now();
    const events = SAMPLE_EVENTS[type].map(({ attempt, ...fields }) => ({ ...fields, created }));
    const customer = await platform.customer();
    await platform.activated({ customer, type, clientId: events[0]?.clientId ?? 0 });

    await platform.queues.events(type).add(type, { events });
    const [request] = await customer.waitForRequests(1);
    expect(lines(request?.rawBody ?? '')).toEqual(lines(sample));
    expect(sample).toMatch(/^\[\n {2}\{\n/);
    expect(request?.rawBody.match(/"created":(\d+)/)?.[1]).toBe(String(created));
    expect(request?.rawBody.match(/"attempt":(\d+)/)?.[1]).toBe('1');
  });
});
