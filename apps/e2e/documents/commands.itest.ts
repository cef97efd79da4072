import { describe, expect, it } from '@jest/globals';
import type { Customer } from '#libs/testing/customer.ts';
import { testServers } from '#libs/testing/servers.ts';
import { type Platform, startPlatform } from '../platform.ts';
import { migratedSettings } from '../settings.ts';
import { NOT_RUN, nameOf, problemOf } from './notRun.ts';
import { type Block, type Page, parsePage, readPages } from './pages.ts';
import { missingPrograms, type Ran, Shell } from './shell.ts';

/** The commands of the documentation, run as a reader types them: page by page, each with a new Postrider. */
const isCommands = ({ language }: Block) => language === 'sh';
const pages = (await readPages()).filter(({ blocks }) => blocks.some(isCommands));

/** Pages with commands that this machine lacks can't be tried on it. */
const missing = await missingPrograms(process.env.PATH ?? '');
const isPossible = ({ blocks }: Page) => {
  return !blocks.filter(isCommands).some(({ text }) => missing.some((name) => text.includes(name)));
};
/** Other pages have nothing that speaks to a running Postrider. */
const NEEDS_POSTRIDER = /localhost:|npm run postrider|redis-cli/;
const leftOut = new Set<string>();

interface World {
  readonly settings: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly customer: Customer;
}

async function startWorld(): Promise<World> {
  const settings = { ...(await migratedSettings()), API_CREDENTIALS: 'me:secret@*' };
  const platform = await startPlatform(settings);
  return { settings, platform, customer: await platform.customer() };
}

/** The addresses of the documentation become those of this test. */
function here(text: string, { settings, platform, customer }: World): string {
  return text
    .replaceAll('http://localhost:3000', `http://localhost:${platform.apiPort}`)
    .replaceAll('http://localhost:3001', `http://localhost:${platform.workerPort}`)
    .replaceAll('http://localhost:4000', `http://localhost:${customer.port}`)
    .replaceAll('redis://127.0.0.1:PORT/0', `${settings.REDIS_URL} ${settings.QUEUE_PREFIX}`)
    .replaceAll("'{postrider:", `'{${settings.QUEUE_PREFIX}:`);
}

/** Events, one a line: what the page says that its endpoint gets. */
const isShown = ({ language, isOutput, text }: Block) => {
  return language === 'json' && !isOutput && /^\{.*\}\n\{/.test(text);
};

interface Session {
  readonly results: readonly Ran[];
  /** With the commands that are not run. */
  readonly problems: readonly string[];
}

async function run(page: Page, settings: World['settings']): Promise<Session> {
  const shell = await Shell.open(settings, process.env.PATH ?? '');
  try {
    const results = await shell.run(page.blocks.filter(isCommands));
    const met = await shell.notRun();
    for (const command of met) leftOut.add(nameOf(command));
    return { results, problems: met.flatMap((command) => problemOf(command, shell.root) ?? []) };
  } finally {
    await shell.close();
  }
}

/** All commands succeed, answers have the status and the text that the page shows, and the endpoint gets its events. */
async function expectAsWritten(original: Page): Promise<void> {
  if (!original.blocks.filter(isCommands).some(({ text }) => NEEDS_POSTRIDER.test(text))) {
    await expectPrinted(original, { REDIS_URL: testServers().redisUrl });
    return;
  }
  const world = await startWorld();
  try {
    const page = parsePage(original.path, here(original.text, world));
    await expectPrinted(page, world.settings);
    const shown = page.blocks.filter(isShown).flatMap(({ text }) => text.split('\n').map(parse));
    const arrived = await world.customer.waitForAccepted(shown.length);
    if (shown.length > 0) expect(arrived.map(withoutTimes)).toEqual(shown);
  } finally {
    await world.platform.stop();
  }
}

async function expectPrinted(page: Page, settings: World['settings']): Promise<void> {
  const { results, problems } = await run(page, settings);
  expect(problems).toEqual([]);
  page.blocks.filter(isCommands).forEach((block, index) => {
    const below = page.blocks[page.blocks.indexOf(block) + 1];
    expectBlock(block.name, below?.isOutput ? below.text : null, results[index]);
  });
}

/** `shown`: what the page says that the block prints, if it says so. */
function expectBlock(block: string, shown: string | null, ran: Ran | undefined): void {
  if (!ran) throw new Error(`${block} was not run.`);
  const { isDone, printed, statuses, complaints } = ran;
  expect({ block, isDone, complaints }).toEqual({ block, isDone: true, complaints });
  if (shown !== null) expect({ block, printed: parse(printed) }).toEqual({ block, printed: parse(shown) });
  // A problem that is shown is what the last command is answered with.
  const wrong = statuses.filter(isFailure);
  const expected = isFailure(statusOf(shown)) ? [statusOf(shown)] : [];
  expect({ block, wrong, printed }).toEqual({ block, wrong: expected, printed });
}

const isFailure = (status: number) => status < 200 || status > 299;

/** Of a problem, by its own field; 200 of everything else. */
function statusOf(shown: string | null): number {
  const { status } = Object(shown === null ? null : parse(shown)) as { status?: unknown };
  return typeof status === 'number' ? status : 200;
}

/** As JSON, if it is. */
function parse(text: string): unknown {
  try {
    return withoutTimes(JSON.parse(text));
  } catch {
    return text.trim();
  }
}

/** They differ from run to run. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, field) => {
    return ['created', 'modified', 'at'].includes(name) ? '(a time)' : field;
  });
}

describe('the commands of the documentation', () => {
  it.each(pages.filter(isPossible))('do what $path says', (page) => expectAsWritten(page));

  if (missing.length > 0)
    it.skip(`are all tried (skipped: there is no ${missing.join(', no ')} here)`, () => {});

  it('are all run, but for those that are left out with a reason', () => {
    const unknown = [...leftOut].filter((command) => !(command in NOT_RUN));
    const needless = Object.keys(NOT_RUN).filter((command) => !leftOut.has(command));
    expect({ unknown, needless: pages.every(isPossible) ? needless : [] }).toEqual({
      unknown: [],
      needless: [],
    });
  });
});

describe('a page whose commands fail', () => {
  const page = (commands: string, output = '') =>
    parsePage('page.md', `\`\`\`sh\n${commands}\n\`\`\`\n${output}`);

  it.each([
    'npm run nothing',
    'npm run chaos -- --none',
    'npm run api-user -- add anna',
    'npm test -- libs/none',
    'LOG_LEVL=warn npm start',
    'npx none',
    'npx jest libs/none',
    'docker compose -f docker/compose.yaml --profile none up',
    'docker compose -f docker/none.yaml up',
    'docker compose --env-file .env up',
    'helm install postrider docker/none',
  ])('is found out, although it is not run: %s', async (commands) => {
    const { results, problems } = await run(page(commands), {});
    expect(results).toMatchObject([{ isDone: true }]);
    expect(problems).toEqual([expect.stringMatching(/./)]);
  });

  it.each(['npm run plan -- --none', 'jq .', 'false'])('is found out: %s', async (commands) => {
    expect((await run(page(commands), {})).results).toMatchObject([{ isDone: false }]);
  });

  it('is found out by what it prints', async () => {
    await expect(expectPrinted(page("printf '{}'", '```json\n{"a":1}\n```'), {})).rejects.toThrow('printed');
  });
});
