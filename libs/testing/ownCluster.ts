import { Redis } from 'ioredis';
import { openServerFolder, type ServerFolder } from '#libs/localServers/serverFolder.ts';
import { ClusterNode } from './clusterNode.ts';
import { waitUntil } from './waitUntil.ts';

const SLOTS = 16_384;
const MASTERS = 3;

/** A Redis Cluster for one test file alone: three masters with a replica each, real processes. */
export interface OwnCluster {
  readonly url: string;
  /** The ports of those that are masters now. */
  masters(): Promise<number[]>;
  /** A connection to one node, which the caller ends. */
  connect(port: number): Redis;
  /** The port of the master that holds `key`. */
  masterOf(key: string): Promise<number>;
  /** The port of a master's replica that follows closely. */
  replicaOf(port: number): Promise<number>;
  /** kill -9, and its replica takes over. Resolves with the replica's port. */
  killMaster(port: number): Promise<number>;
  /** The replica takes over from its master, which lives on as its replica. */
  handOver(replicaPort: number): Promise<void>;
  /** Starts what was killed, with its data: it becomes a replica. */
  restart(port: number): Promise<void>;
  /** It stays connected and does not answer any more, until `resume`. */
  hang(port: number): void;
  resume(port: number): void;
  close(): Promise<void>;
}

export async function startOwnCluster(): Promise<OwnCluster> {
  const folder = await openServerFolder();
  const nodes = await Promise.all(Array.from({ length: 2 * MASTERS }, () => ClusterNode.start(folder)));
  try {
    await join(nodes);
  } catch (error) {
    await close(nodes, folder);
    throw error;
  }
  const node = (port: number) => nodes.find((each) => each.port === port) ?? unknown(port);
  /** Whatever node lives. */
  const ask = async <Answer>(question: (redis: Redis) => Promise<Answer>) =>
    (nodes.find(({ isUp }) => isUp) ?? unknown(0)).ask(question);
  const replicaOf = (port: number) =>
    waitUntil(async () => (await node(port).replicas())[0], {
      what: `a replica of the node on port ${port}`,
    });
  const takesOver = async (port: number, every6s: () => Promise<unknown> = async () => {}) => {
    let lastAt = Number.NEGATIVE_INFINITY;
    const isMaster = async () => {
      if (await node(port).isMaster()) return true;
      if (performance.now() - lastAt < 6_000) return false;
      lastAt = performance.now();
      await every6s();
      return false;
    };
    await waitUntil(isMaster, { what: `the node on port ${port} to take over` });
  };
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    masters: async () => (await slotsOf(ask)).map(({ port }) => port),
    connect: (port) => new Redis(port, '127.0.0.1'),
    async masterOf(key) {
      const slot = await ask((redis) => redis.cluster('KEYSLOT', key));
      return (await slotsOf(ask)).find(({ from, to }) => from <= slot && slot <= to)?.port ?? unknown(slot);
    },
    replicaOf,
    async killMaster(port) {
      const replica = await replicaOf(port);
      await node(port).kill();
      await takesOver(replica);
      return replica;
    },
    // A busy machine may need more than one try: Redis gives one up after 5 s.
    handOver: (replicaPort) =>
      takesOver(replicaPort, () => node(replicaPort).ask((redis) => redis.cluster('FAILOVER'))),
    restart: (port) => node(port).restart(),
    hang: (port) => node(port).send('SIGSTOP'),
    resume: (port) => node(port).send('SIGCONT'),
    close: () => close(nodes, folder),
  };
}

async function close(nodes: readonly ClusterNode[], folder: ServerFolder): Promise<void> {
  await Promise.all(nodes.map((each) => each.kill()));
  await folder.close();
}

function unknown(what: number): never {
  throw new Error(`The cluster knows nothing of ${what}.`);
}

async function slotsOf(ask: <Answer>(question: (redis: Redis) => Promise<Answer>) => Promise<Answer>) {
  const ranges = await ask((redis) => redis.cluster('SLOTS'));
  return ranges.map(([from, to, master]) => ({ from, to, port: master?.[1] ?? unknown(from) }));
}

/** Gives the first nodes a third of the slots each, makes all of them know each other, and the others their replicas. */
async function join(nodes: readonly ClusterNode[]): Promise<void> {
  const masters = nodes.slice(0, MASTERS);
  const ids = await Promise.all(nodes.map((each) => each.ask((redis) => redis.cluster('MYID'))));
  for (const [index, master] of masters.entries()) {
    const from = Math.ceil((index * SLOTS) / MASTERS);
    const to = Math.ceil(((index + 1) * SLOTS) / MASTERS) - 1;
    await master.ask(async (redis) => {
      await redis.cluster('SET-CONFIG-EPOCH', index + 1);
      await redis.cluster('ADDSLOTSRANGE', from, to);
    });
  }
  const [first, ...others] = nodes;
  for (const { port, busPort } of others) {
    await first?.ask((redis) => redis.cluster('MEET', '127.0.0.1', port, busPort));
  }
  await Promise.all(
    nodes.map((each) => waitUntil(() => each.knows(nodes.length), { what: 'a whole cluster' })),
  );
  for (const [index, replica] of nodes.slice(MASTERS).entries()) {
    await replica.ask((redis) => redis.cluster('REPLICATE', ids[index] ?? ''));
  }
  await Promise.all(
    masters.map((each) =>
      waitUntil(async () => (await each.isOk()) && (await each.replicas()).length > 0, {
        what: 'a master with its slots and a replica',
      }),
    ),
  );
}
