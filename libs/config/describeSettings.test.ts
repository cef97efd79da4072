import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { envExample, isRequired, settingsTable, withChartSettings } from './describeSettings.ts';
import { loadConfig } from './loadConfig.ts';
import { SETTINGS } from './settings.ts';

const readText = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('what is written of the settings says what they are (else: npx node scripts/describeSettings.ts)', () => {
  it('in .env.example', async () => {
    expect(await readText('.env.example')).toBe(envExample());
  });

  it('in docs/configuration.md', async () => {
    expect(await readText('docs/configuration.md')).toContain(`\n${settingsTable()}\n`);
  });

  it("in what the Helm chart's values may be", async () => {
    const schema = await readText('docker/helm/postrider/values.schema.json');
    expect(withChartSettings(schema)).toBe(schema);
    expect(schema).toContain('"LOG_LEVEL"');
  });
});

describe('.env.example', () => {
  it('is a configuration that works, with the defaults in it', async () => {
    const example = parseEnv(await readText('.env.example'));
    const required = SETTINGS.filter(isRequired).map(({ name }) => [name, example[name]]);
    expect(loadConfig(example)).toEqual(loadConfig(Object.fromEntries(required)));
  });
});
