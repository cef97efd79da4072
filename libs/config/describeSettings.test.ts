import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { envExample, isRequired, settingsTable } from './describeSettings.ts';
import { loadConfig } from './loadConfig.ts';
import { SETTINGS } from './settings.ts';

const readText = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const names = SETTINGS.map(({ name }) => name);

describe('what is written of the settings says what they are (else: npx node scripts/describeSettings.ts)', () => {
  it('in .env.example', async () => {
    expect(await readText('.env.example')).toBe(envExample());
  });

  it('in docs/configuration.md', async () => {
    expect(await readText('docs/configuration.md')).toContain(`\n${settingsTable()}\n`);
  });
});

describe('.env.example', () => {
  it('is a configuration that works, with the defaults in it', async () => {
    const example = parseEnv(await readText('.env.example'));
    const required = SETTINGS.filter(isRequired).map(({ name }) => [name, example[name]]);
    expect(loadConfig(example)).toEqual(loadConfig(Object.fromEntries(required)));
  });
});

describe('docker/compose.yaml', () => {
  it('passes on every setting, and nothing else', async () => {
    const [, block = ''] =
      /^x-settings: &settings\n((?: {2}.*\n)+)/m.exec(await readText('docker/compose.yaml')) ?? [];
    const passed = [...block.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(passed.toSorted()).toEqual(names.toSorted());
  });
});
