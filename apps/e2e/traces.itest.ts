import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Customer, startCustomer } from '#libs/testing/customer.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { send } from '../api/tests/httpClient.ts';
import { Fleet } from './fleet.ts';
import { migratedSettings, OPERATOR } from './settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ADDRESS = 'jane.roe@customer.example';

interface Span {
  readonly name: string;
  readonly traceId: string;
}

/** What OTLP over HTTP carries, as far as it is looked at. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function startCollector(): Promise<Customer> {
  const collector = await startCustomer();
  endings.push(() => collector.close());
  return collector;
}

const exportsOf = (collector: Customer) => collector.requests.map(({ body }) => body as Export);

const spansOf = (collector: Customer) =>
  exportsOf(collector).flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );

describe('traces', () => {
  it('show each job to a collector with one environment variable, and nothing of what is in it', async () => {
    const collector = await startCollector();
    const endpoint = `http://127.0.0.1:${collector.port}/otel`;
    const fleet = new Fleet({ ...(await migratedSettings()), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    endings.push(() => fleet.stop());
    const { customer, publisher, clientId } = await fleet.subscribe();
    const worker = await fleet.startWorker();
    await publisher.publish(makeEvents(3, { clientId, recipientId: ADDRESS }));
    await customer.waitForAccepted(3);
    // It sends what is left when it stops.
    expect(await worker.stop()).toBe(0);
    expect(new Set(collector.requests.map(({ path }) => path))).toEqual(new Set(['/otel/v1/traces']));
    const names = spansOf(collector).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['process events-open', 'process deliveries']));
    const services = exportsOf(collector).flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ resource }) =>
        resource.attributes.flatMap(({ key, value }) => (key === 'service.name' ? [value.stringValue] : [])),
      ),
    );
    expect(services).toContain('postrider-worker');
    expect(JSON.stringify(exportsOf(collector))).not.toContain(ADDRESS);
  });

  it('are one from the API that takes events over HTTP to the worker that routes them', async () => {
    const collector = await startCollector();
    const endpoint = `http://127.0.0.1:${collector.port}`;
    const fleet = new Fleet({ ...(await migratedSettings()), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    endings.push(() => fleet.stop());
    const { customer, clientId } = await fleet.subscribe();
    const worker = await fleet.startWorker();
    const api = fleet.start('api');
    const { port } = await api.logged('Ready');
    const call = { method: 'POST', path: `/rest/${clientId}/events`, auth: OPERATOR };
    const answer = await send(Number(port), { ...call, json: makeEvents(2, { clientId }) });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    await customer.waitForAccepted(2);
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
    const traceOf = (name: string) => spansOf(collector).find((span) => span.name === name)?.traceId;
    expect(traceOf('process events-open')).toBeDefined();
    expect(traceOf('add events-open.open')).toBe(traceOf('process events-open'));
  });

  it('hold up nothing when there is no collector', async () => {
    const collector = await startCustomer();
    await collector.close();
    const endpoint = `http://127.0.0.1:${collector.port}`;
    const fleet = new Fleet({ ...(await migratedSettings()), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    endings.push(() => fleet.stop());
    const { customer, publisher, clientId } = await fleet.subscribe();
    const worker = await fleet.startWorker();
    await publisher.publish(makeEvents(300, { clientId }));
    await customer.waitForAccepted(300);
    expect(await worker.stop()).toBe(0);
    expect(worker.stderr).toBe('');
  });

  it.each([
    ['null', 0],
    ["'http://127.0.0.1:1'", 1],
  ])('load their libraries only if they are wanted: to %s', (endpoint, loaded) => {
    const script = `
      import { registerHooks } from 'node:module';
      const asked = [];
      registerHooks({ resolve: (name, context, next) => (asked.push(name), next(name, context)) });
      await import('./apps/worker/worker.ts');
      const { traceTo } = await import('./libs/runtime/tracing.ts');
      await traceTo(${endpoint}, { service: 'x', lifecycle: { add() {} } });
      console.log(asked.some((name) => /opentelemetry.(sdk|exporter)|bullmq-otel/.test(name)) ? 1 : 0);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: ROOT,
    });
    expect({ stdout: `${stdout}`, stderr: `${stderr}` }).toEqual({ stdout: `${loaded}\n`, stderr: '' });
  });
});
