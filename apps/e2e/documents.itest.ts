import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Customer } from '#libs/testing/customer.ts';
import { type Example, readExamples, runCommands, withoutTimes } from './examples.ts';
import { type Platform, startPlatform } from './platform.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The documents use curl; a machine without it can't try them. */
const itWithCurl = spawnSync('curl', ['--version']).status === 0 ? it : it.skip;
const readPage = (path: string) => readFile(`${ROOT}/${path}`, 'utf8');

/** A new Postrider with the user of the documents. */
let platform: Platform;
beforeEach(async () => {
  platform = await startPlatform({ API_CREDENTIALS: 'me:secret@*' });
});
afterEach(() => platform.stop());

/** The addresses of the documents become those of this test. */
function here(page: string, customer: Customer): string {
  const { redisUrl, queuePrefix } = platform.config;
  return page
    .replaceAll('http://localhost:3000', `http://localhost:${platform.apiPort}`)
    .replaceAll('http://localhost:4000', `http://localhost:${customer.port}`)
    .replaceAll('redis://127.0.0.1:PORT/0', `${redisUrl} ${queuePrefix}`)
    .replaceAll('npx node', process.execPath);
}

const run = (examples: readonly Example[]) => {
  const commands = examples.map(({ command }) => command);
  return runCommands(commands, ROOT);
};

describe('what the documents tell people to type', () => {
  itWithCurl("delivers the README's events", async () => {
    const customer = await platform.customer();
    const page = here(await readPage('README.md'), customer);
    await run(readExamples(page));
    const shown = page.split('\n').filter((line) => line.startsWith('{"type":"open"'));
    const arrived = await customer.waitForAccepted(shown.length);
    expect(arrived.map(withoutTimes)).toEqual(shown.map((line) => withoutTimes(JSON.parse(line))));
  });

  itWithCurl('prints what docs/api.md says', async () => {
    const customer = await platform.customer();
    const examples = readExamples(here(await readPage('docs/api.md'), customer));
    const printed = await run(examples);
    expect(printed.map(parse)).toEqual(examples.map(({ prints }) => prints));
  });
});

function parse(printed: string): Example['prints'] {
  return printed.trim() === '' ? null : withoutTimes(JSON.parse(printed));
}
