import type { SampledType } from '#libs/domain/sampleEvents.ts';
import { openServerFolder, type ServerFolder } from '#libs/localServers/serverFolder.ts';
import { silentLogger } from '#libs/logging/logger.ts';
import { createPublisher } from '#libs/publisher/publisher.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { AdminApi } from './adminApi.ts';
import { type Customer, startCustomer } from './customer.ts';
import { Endpoints, type Rule } from './endpoints.ts';
import { explainFailure } from './explainFailure.ts';
import { readLog } from './logFigures.ts';
import type { Narrator } from './narrator.ts';
import { type Platform, startPlatform } from './platform.ts';
import { RETRY_INTERVAL_MS, SHOW_LIMIT_MS, WORKERS } from './script.ts';
import { setUpWebhooks } from './setUpWebhooks.ts';
import { Show } from './show.ts';
import { tellAddresses, tellPlot, tellSettings, tellVerdict } from './texts.ts';

export interface DemoOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly narrator: Narrator;
  /** Aborted when somebody wants the demo to stop. */
  readonly signal: AbortSignal;
  /** Goes on after the show until the signal is aborted. */
  readonly stay?: boolean;
  readonly showLimitMs?: number;
  /** What the customer's endpoints refuse beyond the rules of the show. */
  readonly rules?: ReadonlyMap<SampledType, Rule>;
}

/** Servers, processes and files get this long to go away in order; then they are killed and removed. */
const STOP_DEADLINE_MS = 20_000;

/** Sets everything up, plays the show, and removes everything. True if every event is accounted for. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { narrator, signal: stop } = options;
  const folder = await openServerFolder();
  const lifecycle = new Lifecycle({ logger: silentLogger, deadlineMs: STOP_DEADLINE_MS });
  let failed = true;
  const keepsFiles = () => failed && !stop.aborted;
  lifecycle.add('folder', () => folder.close({ keep: keepsFiles() }));
  // Whatever fails behind the scenes ends every wait.
  const halt = new AbortController();
  const signal = AbortSignal.any([stop, halt.signal]);
  const onFailure = (error: unknown) => halt.abort(error);
  const report = (line: string) => {
    if (!stop.aborted) narrator.done(line);
  };
  try {
    const stage = await setStage({ ...options, signal, folder, lifecycle, report, onFailure, keepsFiles });
    const checks = await stage.show.play();
    failed = checks.some(({ holds }) => !holds);
    tellVerdict(narrator, { failed, stay: options.stay === true });
    if (options.stay && !failed) await stayOn(options, stage);
  } catch (error) {
    failed = true;
    // A wait that was ended by a failure elsewhere tells nothing of its own.
    if (!stop.aborted) narrator.failure(halt.signal.aborted ? halt.signal.reason : error);
  } finally {
    if (keepsFiles()) await explainFailure({ narrator, folderPath: folder.path });
    narrator.chapter('Stopping');
    const clean = await lifecycle.stop();
    if (!clean)
      narrator.say(`Not all has stopped within ${STOP_DEADLINE_MS / 1_000} s: the rest is killed now.`);
    else narrator.done(keepsFiles() ? 'All is stopped' : 'All is stopped, and nothing is left behind');
  }
  return !failed;
}

interface Scene extends DemoOptions {
  readonly folder: ServerFolder;
  readonly lifecycle: Lifecycle;
  readonly report: (line: string) => void;
  readonly onFailure: (error: unknown) => void;
  readonly keepsFiles: () => boolean;
}

interface Stage {
  readonly platform: Platform;
  readonly customer: Customer;
  readonly show: Show;
}

/** The set-up: servers, processes, the customer, the webhooks, the mail engine. */
async function setStage(scene: Scene): Promise<Stage> {
  const { narrator, signal, lifecycle } = scene;
  const clock = Date.now;
  narrator.chapter('Set-up');
  const endpoints = new Endpoints();
  const customer = await startCustomer({ answer: (post) => endpoints.answer(post), clock });
  lifecycle.add('customer', () => customer.close());
  const platform = await startPlatform({
    ...scene,
    retryIntervalMs: RETRY_INTERVAL_MS,
    workers: WORKERS,
    keepsData: scene.keepsFiles,
  });
  narrator.done(`The sample customer listens on ${customer.url}`);
  tellSettings(narrator);

  narrator.chapter('A webhook of each type: made, verified and activated over the admin API');
  const api = new AdminApi({ url: platform.apiUrl, operator: platform.operator, signal });
  const reportType = (type: SampledType, said: string) => narrator.ofType(type, said);
  const webhooks = await setUpWebhooks({ api, customer, endpoints, report: reportType });

  const { redisUrl, queuePrefix: prefix } = platform;
  const publisher = createPublisher({ redisUrl, prefix });
  lifecycle.add('publisher', () => publisher.close());
  tellPlot(narrator);
  for (const [type, rule] of scene.rules ?? []) endpoints.add(type, rule);
  const { workerUrls } = platform;
  const limitMs = scene.showLimitMs ?? SHOW_LIMIT_MS;
  const log = () => readLog(api, webhooks);
  const show = new Show({ ...scene, publisher, endpoints, workerUrls, log, limitMs, clock });
  return { platform, customer, show };
}

async function stayOn(
  { narrator, environment }: DemoOptions,
  { platform, customer, show }: Stage,
): Promise<void> {
  tellAddresses(narrator, { platform, customer, environment });
  await show.goOn();
}
