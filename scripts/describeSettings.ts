import { readFile, writeFile } from 'node:fs/promises';
import { envExample, settingsTable, withTable } from '#libs/config/describeSettings.ts';

/** Writes what is made of libs/config/settings.ts: `.env.example`, and the table in docs/configuration.md. */
const PAGE = 'docs/configuration.md';

await writeFile('.env.example', envExample());
await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), settingsTable()));
