import type { Command } from 'commander';
import { renderPending, type Waiting } from '../render/pending.ts';
import type { OpenSession, Session } from '../session.ts';

/** Webhooks that are asked for at a time. */
const AT_A_TIME = 8;
const MS_PER_HOUR = 3_600_000;

export function addPendingCommand(program: Command, open: OpenSession): void {
  program
    .command('pending')
    .description('what waits, for which webhooks, and why')
    .action(async (_options, command) => {
      const session = await open(command);
      const { show, now } = session;
      const all = await readWaiting(session);
      const facts = all.map(({ webhook: { id, type, status }, statistics: { intervals: _, ...waiting } }) => {
        return { id, type, status, ...waiting };
      });
      show(facts, () => renderPending(all, now()));
    });
}

async function readWaiting({ api, clientId, webhook, now }: Session): Promise<Waiting[]> {
  // Only how it stands now is wanted; the hours can't be left out.
  const range = { from: isoOf(now() - MS_PER_HOUR), to: isoOf(now()) };
  const left = [...(await api.listWebhooks(clientId))];
  const all: Waiting[] = [];
  while (left.length > 0) {
    const group = left.splice(0, AT_A_TIME).map(async (each) => {
      return { webhook: each, statistics: await api.readStatistics(webhook(each.id), range) };
    });
    all.push(...(await Promise.all(group)));
  }
  return all;
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
