import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Narrator } from './narrator.ts';
import { lastErrors } from './processLog.ts';

const LINES_SHOWN = 5;

/** Where the logs are, and the last errors in them. */
export async function explainFailure({
  narrator,
  folderPath,
}: {
  readonly narrator: Narrator;
  readonly folderPath: string;
}): Promise<void> {
  narrator.chapter(`The logs are kept in ${folderPath}`);
  const logs = (await readdir(folderPath)).filter((name) => name.endsWith('.log'));
  for (const log of logs) {
    const errors = await lastErrors(join(folderPath, log), LINES_SHOWN);
    narrator.say(`${log}: ${errors.length === 0 ? 'no errors' : 'its last errors'}`);
    for (const line of errors) narrator.say(`  ${line}`);
  }
}
