import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from 'bullmq';
import type { Lifecycle } from './lifecycle.ts';
import { VERSION } from './version.ts';

/** Beside the usual `/v1/traces`, the collector's address may have a path of its own. */
const TRACES_PATH = 'v1/traces';
/** What the collector does not take within this time is dropped: it holds up nobody. */
const EXPORT_TIMEOUT_MS = 5_000;

/**
 * Sends a trace of each job to an OpenTelemetry collector (OTLP over HTTP, JSON): how long it was on its way into the
 * queue and in work, across processes. Without an `endpoint` none of it is loaded. Once per process, as OpenTelemetry's
 * registry is the process's.
 */
export async function traceTo(
  endpoint: string | null,
  { service, lifecycle }: { readonly service: string; readonly lifecycle: Lifecycle },
): Promise<{ telemetry?: Telemetry }> {
  if (endpoint === null) return {};
  const [api, core, hooks, exporter, resources, sdk, { BullMQOtel }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('bullmq-otel'),
  ]);
  const url = new URL(TRACES_PATH, endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href;
  const sender = new exporter.OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': service, 'service.version': VERSION }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: sender })],
  });
  api.trace.setGlobalTracerProvider(provider);
  api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  // Without a collector the last traces are lost, and the stop is clean all the same.
  const stopped = () => provider.shutdown().catch(() => undefined);
  lifecycle.add('traces', () =>
    Promise.race([stopped(), sleep(EXPORT_TIMEOUT_MS, undefined, { ref: false })]),
  );
  return { telemetry: new BullMQOtel({ tracerName: 'postrider', version: VERSION }) };
}
