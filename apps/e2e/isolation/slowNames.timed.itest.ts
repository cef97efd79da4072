import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DnsServer, startDnsServer } from '#libs/target/tests/dnsServer.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { publishTo, Side } from './side.ts';

const SLOW_NAMES = 40;
const EVENTS = 20;
/** With the four threads that look names up for a whole process otherwise, one silent name costs more. */
const SOON_MS = 4_000;

let names: DnsServer;
let side: Side;
beforeAll(async () => {
  names = await startDnsServer();
  const preload = new URL('../../chaos/useNameServer.ts', import.meta.url);
  preload.searchParams.set('server', names.address);
  names.answer('healthy.test', { a: ['127.0.0.1'], ttl: 0 });
  side = await Side.open({ NODE_OPTIONS: `--import=${preload.href}` }, 10, { host: 'healthy.test' });
});
afterAll(async () => {
  await side.world.close();
  await names.close();
});

describe('names that nobody answers for', () => {
  it(`hold up no other name: ${SLOW_NAMES} of them`, async () => {
    const slow = Array.from({ length: SLOW_NAMES }, (_, index) => `silent-${index}.test`);
    for (const name of slow) names.answer(name, { silent: true });
    await publishTo(side.world, await side.world.webhooks(slow.map((name) => `http://${name}/`)));
    const asked = () => slow.every((name) => names.asked(name, 'A') > 0);
    await waitUntil(asked, { what: 'all slow names are being asked for' });
    const before = names.asked('healthy.test', 'A');
    for (let event = 0; event < EVENTS; event += 1) await side.publishOne();
    expect(Math.max(...(await side.latenciesMs()))).toBeLessThan(SOON_MS);
    expect(names.asked('healthy.test', 'A')).toBeGreaterThan(before);
  });
});
