import type { Customer } from './customer.ts';
import { clientIdOf, countEvents, DEMO_TYPES } from './demoEvents.ts';
import type { Narrator } from './narrator.ts';
import type { Platform } from './platform.ts';
import { CAMPAIGN, OUTAGE, POISON, RETRY_INTERVAL_MS } from './script.ts';

export const TITLE = 'Postrider: the whole way of an event, on real parts';

export const HELP = `${TITLE}

Usage: npm run demo [-- --stay] [-- --help]

Starts Redis and MariaDB of its own (or takes those that REDIS_URL and DATABASE_URL name), the API, two workers
and a sample customer, makes a webhook of each of six types, and lets a simulated mail engine publish a few
thousand events. Ends by itself with a summary: exit code 0 if every event is accounted for, else 1.
Nothing is left behind when it ends, also after Ctrl-C.

  --stay   goes on after the show, with a few mails a second and all addresses printed, until Ctrl-C
  --help   this text

On a terminal it shows a live table; elsewhere, and with CI or NO_COLOR set, calm plain lines.`;

/** Where the demo is not like production. */
export function tellSettings(narrator: Narrator): void {
  narrator.say('');
  narrator.say('Unlike production:');
  narrator.say('TARGET_POLICY=development  http to this very machine is allowed, for the customer');
  narrator.say(`RETRY_INTERVAL_MS=${RETRY_INTERVAL_MS}     10 s is the rule; nobody wants to watch that`);
}

/** What is about to happen. */
export function tellPlot(narrator: Narrator): void {
  const mails = CAMPAIGN.waves * CAMPAIGN.mailsPerWave;
  const events = [...countEvents(mails).values()].reduce((sum, count) => sum + count, 0);
  narrator.chapter('The show');
  narrator.say("First the product description's own example events, with one thing changed: they");
  narrator.say('are created now, as events live for 72 hours and these were years old.');
  narrator.say(
    `Then what comes of ${n(mails)} mails of a simulated mail engine. ${n(events)} events in all.`,
  );
  narrator.say('Not every endpoint is at its best today:');
  narrator.ofType(OUTAGE.type, `fails its first ${OUTAGE.transmissions} transmissions (500)`);
  narrator.ofType(POISON.type, 'refuses one single event for ever, and any batch that it is in (422)');
  narrator.say('');
}

export function tellVerdict(
  narrator: Narrator,
  { failed, stay }: { readonly failed: boolean; readonly stay: boolean },
): void {
  if (failed) narrator.chapter('Something is missing: see ✗ above.');
  else narrator.chapter('Every event is accounted for.');
  if (!failed && !stay) narrator.say('To look around in it yourself: npm run demo -- --stay');
}

export function tellAddresses(
  narrator: Narrator,
  {
    platform,
    customer,
    environment,
  }: {
    readonly platform: Platform;
    readonly customer: Customer;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): void {
  const { apiUrl, operator, workerUrls, redisUrl, databaseUrl, queuePrefix } = platform;
  const clients = [...new Set(DEMO_TYPES.map(clientIdOf))];
  narrator.chapter('All of it keeps running until Ctrl-C, with a few mails a second');
  const addresses = {
    API: clients.map((clientId) => `${apiUrl}/rest/${clientId}/webhooks`),
    Dashboard: [`${apiUrl}/admin/queues`],
    'Sign in': [`user ${operator.user}, password ${operator.password} (API and dashboard)`],
    Workers: workerUrls.map((url) => `${url}/metrics`),
    Customer: [`${customer.url}/<type>, a path for each webhook`],
    // Whoever has named a server knows its password; it need not be on the screen.
    Redis: [`${environment.REDIS_URL ? 'as REDIS_URL says' : redisUrl}, prefix ${queuePrefix}`],
    MariaDB: [environment.DATABASE_URL ? `as DATABASE_URL says, ${pathOf(databaseUrl)}` : databaseUrl],
    Logs: [platform.logFolder],
  };
  for (const [name, lines] of Object.entries(addresses)) {
    for (const [index, line] of lines.entries())
      narrator.say(`${(index === 0 ? name : '').padEnd(11)}${line}`);
  }
}

function pathOf(databaseUrl: string): string {
  return `database ${new URL(databaseUrl).pathname.slice(1)}`;
}

function n(value: number): string {
  return value.toLocaleString('en-US');
}
