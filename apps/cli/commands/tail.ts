import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { messageOf } from '#libs/apiClient/apiError.ts';
import { outcomeOption, parseId, wholeNumber } from '../options.ts';
import { liveDeliveries, type Transmission, withoutBody } from '../render/deliveries.ts';
import { safeJson } from '../render/safeText.ts';
import type { OpenSession, Session } from '../session.ts';
import { type LiveState, newOnes, nextQuery } from '../tailState.ts';
import { webhooksOf } from './deliveries.ts';

interface TailOptions {
  readonly webhook?: number;
  readonly outcome?: string;
  readonly interval: number;
}

const MIN_INTERVAL_MS = 200;
const MAX_INTERVAL_MS = 60_000;
const DEFAULT_INTERVAL_MS = 1_000;
/** The most that a page may have. */
const PAGE = 1_000;

export function addTailCommand(program: Command, open: OpenSession): void {
  program
    .command('tail')
    .description('deliveries as they happen, until Ctrl-C')
    .option('--webhook <id>', "only this webhook's", parseId)
    .addOption(outcomeOption(['delivered', 'failed']))
    .option(
      '--interval <ms>',
      'how often to ask, in milliseconds',
      wholeNumber(MIN_INTERVAL_MS, MAX_INTERVAL_MS),
      DEFAULT_INTERVAL_MS,
    )
    .action(async (options: TailOptions, command) => {
      const session = await open(command);
      const { signal, terminal, isJson } = session;
      const states = new Map<number, LiveState>();
      // What was before is not shown; an error now is one of the command, later one to be ridden out.
      await look(session, options, states);
      if (!isJson) terminal.print(liveDeliveries.title);
      while (await pause(options.interval, signal)) {
        await look(session, options, states)
          .then((transmissions) => transmissions.forEach((each) => void print(session, each)))
          .catch((error: unknown) => {
            if (!signal.aborted) terminal.say(`${messageOf(error)} Trying again …`);
          });
      }
    });
}

/** What has come since the last look, oldest first. Webhooks that are new since then are looked at from their begin. */
async function look(
  session: Session,
  { webhook: only, outcome }: TailOptions,
  states: Map<number, LiveState>,
): Promise<Transmission[]> {
  const { api, webhook, terminal } = session;
  const isFirst = states.size === 0;
  const all: Transmission[] = [];
  for (const { id } of await webhooksOf(session, only)) {
    const state = states.get(id);
    const query = { ...nextQuery(state), outcome, limit: PAGE };
    const { items, nextCursor } = await api.listDeliveries(webhook(id), query);
    const { fresh, next } = newOnes(state, items);
    states.set(id, next);
    if (isFirst) continue;
    all.push(...fresh.map((delivery) => ({ webhookId: id, delivery })));
    if (nextCursor !== null && fresh.length === PAGE) {
      terminal.say(`Webhook ${id} has more than ${PAGE} deliveries at a time: some are not shown.`);
    }
  }
  return all.toSorted((a, b) => a.delivery.at.localeCompare(b.delivery.at));
}

function print({ terminal, isJson }: Session, transmission: Transmission): void {
  const { webhookId, delivery } = transmission;
  terminal.print(
    isJson ? safeJson({ webhookId, ...withoutBody(delivery) }) : liveDeliveries.line(transmission),
  );
}

/** False: it shall end. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
