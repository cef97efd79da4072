import { randomUUID } from 'node:crypto';
import { BacklogSink } from '#libs/backlog/sink.ts';
import { DeliveryWorker } from '#libs/delivery/deliveryWorker.ts';
import { DeliveryProgress } from '#libs/delivery/progress.ts';
import { Reconciler } from '#libs/delivery/reconciler.ts';
import { Router } from '#libs/router/routerWorker.ts';
import { addCheckGauge } from '#libs/runtime/checkGauge.ts';
import { HealthServer } from '#libs/runtime/healthServer.ts';
import { createMetrics } from '#libs/runtime/metrics.ts';
import { onceBack } from '#libs/runtime/redisMasters.ts';
import { addMemoryGauges } from '#libs/runtime/redisMemory.ts';
import { workerChecks, workerWarnings } from './checks.ts';
import { counting, logging, startDeliveryLog } from './deliveryLog.ts';
import { startKeeping } from './keeping.ts';
import { createNotices } from './notices.ts';
import { observeDeliveries, observeRouter } from './observer.ts';
import { addPendingGauges } from './pendingGauges.ts';
import { connectServices, type WorkerParts } from './services.ts';

/** How much of the time that is left a stop spends on waiting for targets' answers. The rest is for handing back. */
const IN_FLIGHT_SHARE = 0.6;

/** Builds a worker process: router, deliveries and reconciler. Resolves when it runs. */
export async function startWorker(parts: WorkerParts): Promise<{ healthPort: number }> {
  const { config, logger, lifecycle } = parts;
  const services = connectServices(parts);
  const { backlog, waiting, clock } = services;
  const metrics = createMetrics();
  addPendingGauges(metrics, waiting, clock);
  addMemoryGauges(metrics.registry, services.redis);
  const { deliveryTimeoutMs } = config;
  const progress = new DeliveryProgress({ clock: () => performance.now(), deliveryTimeoutMs });
  const onTransmission = () => progress.moved();
  const { watcher, sender } = createNotices({ ...parts, services, metrics });
  const onDiscard = (webhookId: number, events: number) => watcher.discards.count(webhookId, events);
  const log = startDeliveryLog({ ...parts, ...services, metrics });
  const keeping = startKeeping({ ...parts, services, metrics });
  const counted = observeDeliveries({ metrics, logger, clock, onTransmission, onDiscard });
  const observer = keeping.observe(logging(log, counted));

  const run = { ...services, observer, random: Math.random, newId: randomUUID, settings: config };
  const closeConnections = () => services.transmitter.close();
  const deliveries = new DeliveryWorker({ ...services, run, logger, closeConnections });
  const reconciler = new Reconciler({ ...services, observer, eventTtlMs: config.eventTtlMs, logger });
  const sink = new BacklogSink({ backlog, waker: deliveries.waker });
  onceBack(services.redis, () => sink.doubt());
  const router = new Router({
    ...services,
    redis: services.eventRedis,
    sink: counting(log, sink),
    batchSize: config.batchSize,
    logger,
    observer: observeRouter(metrics),
  });

  const checks = workerChecks({ ...services, progress, router, deliveries });
  addCheckGauge(metrics.registry, checks);
  const warnings = workerWarnings(services);
  const health = new HealthServer({ checks, warnings, registry: metrics.registry });
  const healthPort = await health.listen(config.workerPort);
  lifecycle.add('health', () => health.close());

  watcher.start();
  sender.start();
  lifecycle.add('notices', async (leftMs) => {
    await watcher.close();
    await sender.close(leftMs * IN_FLIGHT_SHARE);
  });
  deliveries.start();
  lifecycle.add('deliveries', (leftMs) => deliveries.close(leftMs * IN_FLIGHT_SHARE));
  reconciler.start();
  lifecycle.add('reconciler', () => reconciler.close());
  router.start();
  lifecycle.add('router', () => router.close());
  return { healthPort };
}
