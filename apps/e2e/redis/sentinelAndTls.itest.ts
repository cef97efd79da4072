import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { findFreePort } from '#libs/localServers/freePort.ts';
import { startPrivateRedis } from '#libs/localServers/privateServers.ts';
import { openServerFolder, type ServerFolder } from '#libs/localServers/serverFolder.ts';
import type { ServerProcess } from '#libs/localServers/serverProcess.ts';
import { createCertificate } from '#libs/target/tests/certificate.ts';
import { startSentinel } from '#libs/testing/sentinel.ts';
import { waitUntil } from '#libs/testing/waitUntil.ts';
import { send } from '../../api/tests/httpClient.ts';
import { Fleet } from '../fleet.ts';
import { numbered, numbersOf } from '../numbered.ts';
import { migratedSettings } from '../settings.ts';

const TIMEOUT_MS = 60_000;
const NAME = 'events';

let folder: ServerFolder;
let servers: ServerProcess[] = [];
let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  await Promise.all(servers.map((server) => server.kill()));
  servers = [];
  await folder.close();
});

async function start(name: string, settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await startPrivateRedis({
    folder,
    name,
    settings,
    searchPath: process.env.PATH ?? '',
    report: () => {},
  });
  servers.push(server);
  return server;
}

it(
  'behind Sentinels, all goes on with the replica when the master is killed',
  async () => {
    folder = await openServerFolder();
    const master = await start('master', {});
    await start('replica', { replicaof: `127.0.0.1 ${master.port}`, 'repl-diskless-sync-delay': '0' });
    const sentinel = await startSentinel({ folder, name: NAME, masterPort: master.port });
    servers.push(sentinel);
    fleet = new Fleet({
      ...(await migratedSettings()),
      REDIS_URL: `redis+sentinel://127.0.0.1:${sentinel.port}/${NAME}`,
    });
    const { customer, publisher, clientId } = await fleet.subscribe();
    await fleet.startWorker();
    await publisher.publish(numbered(100, { clientId }));
    await customer.waitForAccepted(100);
    // The Sentinel must know the replica before the master can be missed.
    await waitUntil(() => knowsReplica(sentinel.port), { what: 'a Sentinel that knows the replica' });
    await master.kill();
    const late = numbered(100, { clientId, first: 101 });
    const publish = () =>
      publisher.publish(late).then(
        () => true,
        () => false,
      );
    await waitUntil(publish, { what: 'a publish to the new master' });
    await waitUntil(() => new Set(numbersOf(customer.acceptedEvents())).size === 200, { what: 'all events' });
  },
  TIMEOUT_MS,
);

it(
  'by TLS, a worker talks to the server whose certificate it can verify, and to no other',
  async () => {
    folder = await openServerFolder();
    const { cert, key } = createCertificate(['127.0.0.1']);
    const path = (name: string) => join(folder.path, name);
    await Promise.all([writeFile(path('cert.pem'), cert), writeFile(path('key.pem'), key)]);
    const port = await findFreePort();
    await start('tls', {
      'tls-port': String(port),
      'tls-cert-file': path('cert.pem'),
      'tls-key-file': path('key.pem'),
      'tls-auth-clients': 'no',
    });
    fleet = new Fleet({ ...(await migratedSettings()), REDIS_URL: `rediss://127.0.0.1:${port}` });
    const trusting = fleet.start('worker', { NODE_EXTRA_CA_CERTS: path('cert.pem') });
    const { healthPort } = await trusting.logged('Ready');
    const ready = async () =>
      (await send(Number(healthPort), { method: 'GET', path: '/health/ready' })).status === 200;
    await waitUntil(ready, { what: 'a worker that is ready' });
    const distrusting = fleet.start('worker');
    expect(JSON.stringify(await distrusting.logged('Redis is away'))).toContain('self-signed certificate');
  },
  TIMEOUT_MS,
);

async function knowsReplica(sentinelPort: number): Promise<boolean> {
  const sentinel = new Redis(sentinelPort, '127.0.0.1');
  const replicas = await sentinel.call('SENTINEL', 'REPLICAS', NAME);
  sentinel.disconnect();
  return Array.isArray(replicas) && replicas.length > 0;
}
