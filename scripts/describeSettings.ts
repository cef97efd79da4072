import { readFile, writeFile } from 'node:fs/promises';
import { envExample, settingsTable, withChartSettings, withTable } from '#libs/config/describeSettings.ts';

/**
 * Writes what is made of libs/config/settings.ts: `.env.example`, the table in docs/configuration.md, and the names that
 * the Helm chart takes.
 */
const PAGE = 'docs/configuration.md';
const VALUES_SCHEMA = 'docker/helm/postrider/values.schema.json';

await writeFile('.env.example', envExample());
await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), settingsTable()));
await writeFile(VALUES_SCHEMA, withChartSettings(await readFile(VALUES_SCHEMA, 'utf8')));
