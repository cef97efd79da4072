import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookChange } from './activation.ts';
import { Cuts } from './cuts.ts';
import { ENDPOINTS } from './endpoints.ts';
import { OPERATOR } from './fleet.ts';
import { inflict } from './inflict.ts';
import { judge } from './judge.ts';
import { type Lab, openLab } from './lab.ts';
import { type Left, Onlooker } from './onlooker.ts';
import { Pursuit } from './pursuit.ts';
import { problems } from './report.ts';
import type { ChaosResult } from './result.ts';
import type { Sabotage } from './sabotage.ts';
import type { Track } from './schedule.ts';
import { Storm } from './storm.ts';
import { Webhooks } from './webhooks.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly plan: {
    readonly tracks: readonly Track[];
    /** How long events and faults come; the drain follows. */
    readonly loadMs: number;
  };
  readonly drainMs: number;
  readonly eventsPerSecond: number;
  readonly workers: number;
  readonly sabotage: Sabotage | null;
  readonly logLevel: string;
  readonly searchPath: string;
  readonly report: (line: string) => void;
}

const PROGRESS_EVERY_MS = 5_000;
/** One run: starts everything, lets events flow and faults happen, waits until all is drained, and judges. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { plan, report } = options;
  const lab = await openLab({ ...options, loadMs: plan.loadMs });
  let result: ChaosResult | undefined;
  try {
    result = await runIn(lab, options);
    return result;
  } finally {
    // What was broken on purpose needs no second look.
    const keepData = options.sabotage === null && (!result || problems(result).length > 0);
    await lab.close({ keepData });
    if (keepData) report(`Ledgers and logs are kept in ${lab.folder.path}`);
  }
}

async function runIn(lab: Lab, options: ChaosOptions): Promise<ChaosResult> {
  const { fleet } = lab;
  const { report, plan } = options;
  const { tracks } = plan;
  const changes: WebhookChange[] = [];
  const webhooks = new Webhooks({
    apiUrl: lab.apiUrl,
    operator: OPERATOR,
    receiverPort: lab.receiverPort,
    closedPort: lab.closedPort,
    noteChange: (change) => changes.push(change),
  });
  const onlooker = new Onlooker(lab.servers.redisUrl);
  try {
    await webhooks.createAll();
    report(`${ENDPOINTS.length} webhooks created and activated`);
    const startedAt = Date.now();
    fleet.setLoadStart(startedAt);
    lab.nameServer.begin(startedAt);
    for (const process of [fleet.receiver, ...fleet.producers]) process.start();

    const pursuit = new Pursuit({ queues: onlooker.deliveryQueues, workers: fleet.workers });
    const inflictParts = { lab, webhooks, pursuit, cuts: new Cuts() };
    const storm = new Storm(startedAt, (fault) => inflict(fault, inflictParts));
    const progress = setInterval(
      () => report(progressLine(lab, storm, tracks, startedAt)),
      PROGRESS_EVERY_MS,
    );
    await Promise.all([sleep(plan.loadMs), ...tracks.map((track) => storm.play(track))]);
    const producerCodes = await Promise.all(fleet.producers.map((producer) => producer.stop()));
    clearInterval(progress);

    const drainFrom = Date.now();
    report('The load is over; waiting until everything is drained');
    const left = await onlooker.untilDrained(options.drainMs, drainProgress(report));
    const drained = left.jobs === 0 && left.events === 0;
    const drainedAfterMs = drained ? Date.now() - drainFrom : null;
    const workerCodes = await Promise.all(fleet.workers.map((worker) => worker.stop()));
    const badEnds = [...producerCodes, ...workerCodes].filter((code) => code !== 0);
    const processes = [fleet.api, fleet.receiver, ...fleet.workers, ...fleet.producers];
    const ownEnds = [
      ...processes.flatMap(({ ownEnds: ends }) => ends),
      ...badEnds.map((code) => `a process that was told to stop ended with ${code}`),
    ];
    const judged = judge({ lab, workers: options.workers, webhooks, changes, fired: storm.fired, drained });
    const planned = tracks.reduce((sum, { faults }) => sum + faults.length, 0);
    const { fired, notFired } = storm;
    const run = { ...judged, seed: options.seed, planned, fired, notFired, ownEnds, left, drainedAfterMs };
    writeFileSync(join(lab.folder.path, 'result.json'), JSON.stringify({ ...run, changes }, null, 2));
    return { ...run, dataFolder: lab.folder.path };
  } finally {
    await onlooker.close();
  }
}

function progressLine(lab: Lab, storm: Storm, tracks: readonly Track[], startedAt: number): string {
  const seconds = String(Math.round((Date.now() - startedAt) / 1_000)).padStart(4);
  const planned = tracks.reduce((sum, { faults }) => sum + faults.length, 0);
  const { acknowledged, accepted } = lab.counts;
  const now = [...storm.underWay].join(', ') || 'all quiet';
  const faults = `${storm.fired.length} of ${planned} faults`;
  return `${seconds} s  ${acknowledged} acknowledged, ${accepted} delivered, ${faults}; now: ${now}`;
}

function drainProgress(report: (line: string) => void): (left: Left) => void {
  let nextAt = Date.now() + PROGRESS_EVERY_MS;
  return ({ jobs, events }) => {
    if (Date.now() < nextAt) return;
    nextAt = Date.now() + PROGRESS_EVERY_MS;
    report(`      ${jobs} jobs and ${events} events are left`);
  };
}
