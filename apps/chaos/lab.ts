import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openServerFolder, type ServerFolder } from '#libs/localServers/serverFolder.ts';
import type { Report } from '#libs/localServers/timed.ts';
import { FaultyProxy } from '#libs/store/tests/faultyProxy.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { startNameServer } from './nameServer.ts';
import { type Sabotage, sabotageModule } from './sabotage.ts';
import { Servers } from './servers.ts';

export interface LabOptions {
  readonly seed: number;
  readonly loadMs: number;
  readonly workers: number;
  readonly eventsPerSecond: number;
  readonly sabotage: Sabotage | null;
  readonly logLevel: string;
  readonly searchPath: string;
  readonly report: Report;
}

/** Everything that a run consists of, with a proxy between each process and Redis, which can fail for that one. */
export interface Lab {
  readonly folder: ServerFolder;
  readonly servers: Servers;
  readonly fleet: Fleet;
  readonly workerProxies: readonly FaultyProxy[];
  /** Of the API and the producers. */
  readonly outerProxy: FaultyProxy;
  readonly nameServer: Awaited<ReturnType<typeof startNameServer>>;
  readonly apiUrl: string;
  readonly receiverPort: number;
  /** Where nobody listens. */
  readonly closedPort: number;
  readonly counts: { acknowledged: number; accepted: number };
  close(options: { keepData: boolean }): Promise<void>;
}

const REDIS_PORT = 6379;
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** Starts the servers, the API and the workers; not yet the customers and mail engines. */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { seed, loadMs, workers, eventsPerSecond, sabotage, logLevel, searchPath, report } = options;
  const folder = await openServerFolder();
  const appendOnly = sabotage !== 'redis-forgets';
  const servers = await Servers.start({ folder, searchPath, appendOnly, report });
  const nameServer = await startNameServer({ seed, loadMs });
  const outerProxy = await FaultyProxy.inFrontOf(servers.redisUrl, REDIS_PORT);
  const workerProxies = await Promise.all(
    Array.from({ length: workers }, () => FaultyProxy.inFrontOf(servers.redisUrl, REDIS_PORT)),
  );
  const [api = 0, receiver = 0, closedPort = 0, ...workerPorts] = await freePorts(workers + 3);
  const totals = new Totals();
  const fleet = createFleet({
    folder,
    seed,
    loadMs,
    eventsPerSecond,
    mysqlUrl: servers.mysqlUrl,
    nameServer: nameServer.address,
    ports: { api, receiver, workers: workerPorts },
    redisUrls: { outside: outerProxy.url, workers: workerProxies.map(({ url }) => url) },
    workerModule: sabotageModule(sabotage),
    logLevel,
    onCounted: (counts) => totals.note(counts),
  });
  fleet.migration.start();
  await fleet.migration.ended();
  for (const process of [fleet.api, ...fleet.workers]) process.start();
  const apiUrl = `http://127.0.0.1:${api}`;
  await Promise.all([apiUrl, ...workerPorts.map((port) => `http://127.0.0.1:${port}`)].map(untilReady));
  report(`1 API and ${workers} workers ready`);

  return {
    folder,
    servers,
    fleet,
    workerProxies,
    outerProxy,
    nameServer,
    apiUrl,
    receiverPort: receiver,
    closedPort,
    counts: totals,
    async close({ keepData }) {
      const processes = [fleet.api, fleet.receiver, ...fleet.workers, ...fleet.producers];
      await Promise.all(processes.map((process) => process.kill()));
      await Promise.all([...workerProxies, outerProxy].map((proxy) => proxy.cut()));
      await nameServer.close();
      await servers.stop();
      await folder.close({ keep: keepData });
    },
  };
}

/** Each process counts for itself, and anew after a restart. */
class Totals {
  acknowledged = 0;
  accepted = 0;

  note({ acknowledged = 0, accepted = 0 }: { acknowledged?: number; accepted?: number }): void {
    this.acknowledged += acknowledged;
    this.accepted += accepted;
  }
}

/** Below those that systems give to outgoing connections: one of these might take the port of a process that is down. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = randomInt(FIRST_PORT, LAST_PORT - 1_000); ports.length < count; port += 1) {
    if (port > LAST_PORT) throw new Error(`There are no ${count} free ports up to ${LAST_PORT}.`);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  const listening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (listening) await once(server.close(), 'close');
  return listening;
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${url} was not ready within ${READY_TIMEOUT_MS} ms.`);
}
