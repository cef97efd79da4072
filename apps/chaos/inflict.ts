import { setTimeout as sleep } from 'node:timers/promises';
import type { Cuts } from './cuts.ts';
import type { Fault } from './faults.ts';
import type { Lab } from './lab.ts';
import type { Pursuit } from './pursuit.ts';
import type { Webhooks } from './webhooks.ts';

export interface InflictParts {
  readonly lab: Lab;
  readonly webhooks: Webhooks;
  readonly pursuit: Pursuit;
  readonly cuts: Cuts;
}

/** Lets one fault happen. Resolves when it is over: whatever was killed is started again, whatever was cut is whole. */
export async function inflict(fault: Fault, { lab, webhooks, pursuit, cuts }: InflictParts): Promise<void> {
  const { fleet, servers } = lab;
  switch (fault.kind) {
    case 'killWorker':
      return at(fleet.workers, fault.worker).restart('SIGKILL');
    case 'killAllWorkers':
      await Promise.all(fleet.workers.map((worker) => worker.restart('SIGKILL')));
      return;
    case 'pauseWorker':
      return during(fault.forMs, at(fleet.workers, fault.worker).pause());
    case 'cutWorkerOff':
      return cuts.cutOff([at(lab.workerProxies, fault.worker)], fault);
    case 'forgetConnections':
      return at(lab.workerProxies, fault.worker).forget();
    case 'rollWorkers':
      for (const worker of fleet.workers) await worker.restart('SIGTERM');
      return;
    case 'killWorkerOfWebhook':
      return pursuit.kill(webhooks.idOf(fault.endpoint), fault.times);
    case 'killRedis':
      await servers.killRedis();
      await sleep(fault.downMs);
      return servers.restartRedis();
    case 'pauseRedis':
      return during(fault.forMs, servers.pauseRedis());
    case 'cutRedisOff':
      return cuts.cutOff([...lab.workerProxies, lab.outerProxy], { ...fault, silently: false });
    case 'resetRedisConnections':
      return cuts.cutOff([...lab.workerProxies, lab.outerProxy], { forMs: 0, silently: false });
    case 'killMysql':
      await servers.killMysql();
      await sleep(fault.downMs);
      return servers.restartMysql();
    case 'pauseMysql':
      return during(fault.forMs, servers.pauseMysql());
    case 'killApi':
      return fleet.api.restart('SIGKILL');
    case 'killProducer':
      return at(fleet.producers, fault.producer).restart('SIGKILL');
    case 'killReceiver':
      return fleet.receiver.restart('SIGKILL');
    case 'pauseReceiver':
      return during(fault.forMs, fleet.receiver.pause());
    case 'deactivate':
      await webhooks.deactivate(fault.endpoint);
      await sleep(fault.forMs);
      return webhooks.activate(fault.endpoint);
    case 'retarget':
      return webhooks.retarget(fault.endpoint);
  }
}

async function during(forMs: number, resume: () => void): Promise<void> {
  try {
    await sleep(forMs);
  } finally {
    resume();
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no number ${index} of ${items.length}.`);
  return item;
}
